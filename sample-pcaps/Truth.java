// SPDX-License-Identifier: GPL-2.0-or-later

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * java Truth client|server KEY=VALUE...: a TLS client or server on loopback that checks certificates.
 *
 * <p>port; keys (PKCS #12, password "sample"); ca (PEM); protocols, suites and alpn (lists with
 * commas). Client: host, times, check=HTTPS, cancel (milliseconds until the socket is closed).
 * Server: need=1 or want=1 for a client certificate, name (the only one it knows), times.
 */
public class Truth {
    private static final Map<String, String> OPTIONS = new HashMap<>();
    private static final String ANSWER = "HTTP/1.0 200 OK\r\n\r\nHello.\n";
    private static final String REQUEST = "GET /hello.txt HTTP/1.0\r\n\r\n";

    private static String[] list(String key) {
        return OPTIONS.get(key).split(",");
    }

    private static SSLContext context() throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        if (OPTIONS.containsKey("keys")) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream file = new FileInputStream(OPTIONS.get("keys"))) {
                store.load(file, "sample".toCharArray());
            }
            keys.init(store, "sample".toCharArray());
        } else {
            keys.init(null, null);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
        roots.load(null, null);
        try (InputStream file = new FileInputStream(OPTIONS.get("ca"))) {
            roots.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        trust.init(roots);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static SSLParameters change(SSLParameters parameters) {
        if (OPTIONS.containsKey("protocols")) parameters.setProtocols(list("protocols"));
        if (OPTIONS.containsKey("suites")) parameters.setCipherSuites(list("suites"));
        if (OPTIONS.containsKey("alpn")) parameters.setApplicationProtocols(list("alpn"));
        if (OPTIONS.containsKey("check")) {
            parameters.setEndpointIdentificationAlgorithm(OPTIONS.get("check"));
        }
        if (OPTIONS.containsKey("need")) parameters.setNeedClientAuth(true);
        if (OPTIONS.containsKey("want")) parameters.setWantClientAuth(true);
        return parameters;
    }

    private static void cancel(SSLSocket socket) {
        try {
            Thread.sleep(Integer.parseInt(OPTIONS.get("cancel")));
            socket.close();
        } catch (IOException | InterruptedException problem) {
            System.out.println(problem);
        }
    }

    private static void client(SSLContext context, int port) throws IOException {
        String host = OPTIONS.getOrDefault("host", "server.example");
        try (java.net.Socket plain = new java.net.Socket("127.0.0.1", port);
                SSLSocket socket =
                        (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true)) {
            SSLParameters parameters = change(socket.getSSLParameters());
            parameters.setServerNames(List.of(new SNIHostName(host)));
            socket.setSSLParameters(parameters);
            if (OPTIONS.containsKey("cancel")) new Thread(() -> cancel(socket)).start();
            socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            System.out.write(socket.getInputStream().readAllBytes());
            System.out.println(socket.getSession().getProtocol());
        }
    }

    private static void server(SSLServerSocket listener) throws IOException {
        try (SSLSocket socket = (SSLSocket) listener.accept()) {
            socket.getInputStream().read(new byte[4096]);
            socket.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
        }
    }

    public static void main(String[] args) throws Exception {
        for (int n = 1; n < args.length; n++) {
            String[] pair = args[n].split("=", 2);
            OPTIONS.put(pair[0], pair[1]);
        }
        SSLContext context = context();
        int port = Integer.parseInt(OPTIONS.getOrDefault("port", "443"));
        int times = Integer.parseInt(OPTIONS.getOrDefault("times", "1"));
        SSLServerSocket listener = null;
        if (args[0].equals("server")) {
            listener = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(port);
            SSLParameters parameters = change(listener.getSSLParameters());
            if (OPTIONS.containsKey("name")) {
                parameters.setSNIMatchers(
                        List.of(SNIHostName.createSNIMatcher(OPTIONS.get("name"))));
            }
            listener.setSSLParameters(parameters);
        }
        for (int n = 0; n < times; n++) {
            try {
                if (listener == null) client(context, port);
                else server(listener);
            } catch (IOException problem) {
                System.out.println(problem);
            }
            if (listener == null && n + 1 < times) Thread.sleep(300);
        }
        Thread.sleep(listener == null ? 0 : 500);
    }
}
