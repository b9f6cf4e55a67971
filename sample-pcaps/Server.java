// SPDX-License-Identifier: GPL-2.0-or-later

import java.io.FileInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.SecureRandom;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** java Server.java PORT KEYS PROTOCOL...: answers one request; KEYS is PKCS #12, password "sample". */
public class Server {
    public static void main(String[] args) throws Exception {
        char[] password = "sample".toCharArray();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (FileInputStream file = new FileInputStream(args[1])) {
            keys.load(file, password);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(keys, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, new SecureRandom());
        int port = Integer.parseInt(args[0]);
        try (SSLServerSocket listener =
                (SSLServerSocket) context.getServerSocketFactory().createServerSocket(port)) {
            listener.setEnabledCipherSuites(listener.getSupportedCipherSuites());
            listener.setEnabledProtocols(java.util.Arrays.copyOfRange(args, 2, args.length));
            try (SSLSocket socket = (SSLSocket) listener.accept()) {
                socket.getInputStream().read(new byte[4096]);
                socket.getOutputStream().write("Hello.\n".getBytes(StandardCharsets.US_ASCII));
            }
        }
    }
}
