# SPDX-License-Identifier: GPL-2.0-or-later
"""Servers of many TLS stacks on port 443, with the versions they have by default."""

from contextlib import ExitStack, contextmanager

import stacks
from healthy_clients import ca, go_program
from stacks import HERE, run, scratch, server

SERVERS = {}
KEYS = {"ec": "server", "rsa": "rsa"}


def serving(name, package, stack="", kind="ec"):
    """Register a server: the function starts it, with a certificate of that kind."""

    def register(start):
        SERVERS[name] = (package, stack, lambda: start(*pair(kind)))
        return start

    return register


def pair(kind):
    """The files of a certificate and its key."""
    return stacks.pki[f"{KEYS[kind]}.pem"], stacks.pki[f"{KEYS[kind]}.key"]


def both(kind):
    """A file with a certificate and its key."""
    name = KEYS[kind]
    return stacks.pki.chain(f"{name}-both.pem", f"{name}.pem", f"{name}.key")


def configured(file, text):
    path = scratch(file)
    path.write_text(text)
    return str(path)


PYTHON_BACKEND = """
import http.server
class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"Hello.\\n")
        if hasattr(self.connection, "unwrap"):
            self.connection.unwrap()
server = http.server.HTTPServer(("127.0.0.1", PORT), Hello)
SECURE
server.serve_forever()
"""


def python_server(port, secure):
    text = PYTHON_BACKEND.replace("PORT", str(port)).replace("SECURE", secure)
    return server(port, "/usr/bin/python3", "-c", text)


@contextmanager
def before_http(*command):
    """A server on port 443 that passes on to one without TLS on port 8080, which is not recorded."""
    with ExitStack() as later:
        later.enter_context(python_server(8080, ""))
        later.enter_context(server(443, *command))
        yield


@serving("openssl", "openssl", kind="rsa")
def _(cert, key):
    return openssl("rsa")


def openssl(kind="ec", *options):
    return stacks.openssl_server(*options, name=KEYS[kind])


def gnutls(cert, key, *options):
    return server(443, "gnutls-serv", "--http", "--port", "443", "--x509certfile", cert,
                  "--x509keyfile", key, *options)


@serving("gnutls", "gnutls-bin", kind="rsa")
def _(cert, key):
    return gnutls(cert, key)


@serving("nss", "libnss3-tools")
def _(cert, key):
    folder = scratch("nss-server")
    database = f"sql:{folder}"
    if not folder.exists():
        folder.mkdir()
        bundle = str(scratch("nss-server.p12"))
        run("certutil", "-N", "-d", database, "--empty-password", pause=0)
        run("certutil", "-A", "-d", database, "-n", "ca", "-t", "CT,,", "-i", ca(), pause=0)
        run("openssl", "pkcs12", "-export", "-name", "server", "-passout", "pass:", "-in", cert,
            "-inkey", key, "-out", bundle, pause=0)
        run("pk12util", "-d", database, "-i", bundle, "-W", "", pause=0)
    return server(443, "selfserv", "-d", database, "-p", "443", "-e", "server", "-V",
                  "tls1.2:tls1.3")


@serving("nginx", "nginx-light", "OpenSSL")
def _(cert, key):
    return nginx(cert, key)


def nginx(cert, key, more=""):
    return stacks.nginx(
        "443 ssl http2",
        f"server_name localhost; ssl_certificate {cert}; ssl_certificate_key {key}; {more}")


@serving("apache", "apache2-bin", "OpenSSL", kind="rsa")
def _(cert, key):
    modules = "/usr/lib/apache2/modules"
    names = ("mpm_event", "authz_core", "socache_shmcb", "ssl")
    load = "\n".join(f"LoadModule {name}_module {modules}/mod_{name}.so" for name in names)
    file = configured("apache.conf", f"""
{load}
ServerName localhost
PidFile {scratch("apache.pid")}
ErrorLog /dev/stderr
Listen 443 https
SSLSessionCache shmcb:{scratch("apache-cache")}(512000)
DocumentRoot {scratch("")}
<VirtualHost *:443>
SSLEngine on
SSLCertificateFile {cert}
SSLCertificateKeyFile {key}
</VirtualHost>
""")
    return server(443, "apache2", "-X", "-f", file, "-d", str(scratch("")))


def lighttpd(module, cert, key):
    file = configured("lighttpd.conf", f"""
server.modules = ( "mod_{module}" )
server.document-root = "{scratch("")}"
server.port = 443
ssl.engine = "enable"
ssl.pemfile = "{cert}"
ssl.privkey = "{key}"
""")
    return server(443, "lighttpd", "-D", "-f", file)


for _module, _stack in (
    ("openssl", "OpenSSL"), ("gnutls", "GnuTLS"), ("mbedtls", "Mbed TLS"), ("wolfssl", "wolfSSL"),
    ("nss", "NSS"),
):
    @serving(f"lighttpd-{_module}", f"lighttpd-mod-{_module}", _stack)
    def _(cert, key, module=_module):
        return lighttpd(module, cert, key)


@serving("haproxy", "haproxy", "OpenSSL", kind="rsa")
def _(cert, key):
    file = configured("haproxy.cfg", f"""
defaults
  mode http
  timeout client 10s
  timeout connect 10s
  timeout server 10s
frontend here
  bind :443 ssl crt {both("rsa")} alpn h2,http/1.1
  http-request return status 200 content-type text/plain string "Hello."
""")
    return server(443, "haproxy", "-f", file)


@serving("stunnel", "stunnel4", "OpenSSL")
def _(cert, key):
    file = configured("stunnel.conf", f"""
foreground = yes
pid =
[http]
accept = 443
connect = 127.0.0.1:8080
cert = {cert}
key = {key}
""")
    return before_http("stunnel4", file)


@serving("hitch", "hitch", "OpenSSL", kind="rsa")
def _(cert, key):
    file = configured("hitch.conf", f"""
frontend = "[127.0.0.1]:443"
backend = "[127.0.0.1]:8080"
pem-file = "{both("rsa")}"
daemon = off
user = "nobody"
group = "nogroup"
""")
    return before_http("hitch", f"--config={file}")


@serving("h2o", "h2o", "OpenSSL")
def _(cert, key):
    file = configured("h2o.conf", f"""
listen:
  port: 443
  ssl:
    certificate-file: {cert}
    key-file: {key}
hosts:
  default:
    paths:
      /:
        file.dir: {scratch("")}
num-threads: 1
user: root
""")
    return server(443, "h2o", "-m", "worker", "-c", file)


@serving("caddy", "caddy", "Go")
def _(cert, key):
    file = configured("Caddyfile", f"""
{{
  admin off
  auto_https off
}}
https://localhost:443 {{
  tls {cert} {key}
  respond "Hello."
}}
""")
    return server(443, "caddy", "run", "--adapter", "caddyfile", "--config", file)


def go(*options):
    cert, key = pair("ec")
    return server(443, go_program(), "-serve", "-ca", ca(), "-cert", cert, "-key", key, *options)


@serving("go", "golang-go")
def _(cert, key):
    return go()


@serving("java", "openjdk-17-jdk-headless", kind="rsa")
def _(cert, key):
    return java()


def java():
    """Answers one request and ends."""
    keys = str(scratch("java.p12"))
    cert, key = pair("rsa")
    run("openssl", "pkcs12", "-export", "-passout", "pass:sample", "-in", cert, "-inkey", key,
        "-out", keys, pause=0)
    return server(443, "java", str(HERE / "Server.java"), "443", keys, "TLSv1.3", "TLSv1.2")


NODE = """
const [cert, key] = process.argv.slice(1).map((name) => require("fs").readFileSync(name));
require("https").createServer({cert, key}, (_, to) => to.end("Hello.\\n")).listen(443);
"""


@serving("node", "nodejs", "OpenSSL")
def _(cert, key):
    return server(443, "node", "-e", NODE, cert, key)


@serving("python", "python3.11", "OpenSSL", kind="rsa")
def _(cert, key):
    return python_server(443, f"""
import ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("{cert}", "{key}")
server.socket = context.wrap_socket(server.socket, server_side=True)""")


PERL = """
use IO::Socket::SSL;
my $l = IO::Socket::SSL->new(LocalPort => 443, Listen => 5, ReuseAddr => 1,
                             SSL_cert_file => $ARGV[0], SSL_key_file => $ARGV[1]) or die;
while (my $s = $l->accept) {
    while (<$s>) { last if /^\\r?\\n/ }
    print $s "HTTP/1.0 200 OK\\r\\n\\r\\nHello.\\n"; close $s;
}
"""


@serving("perl", "libio-socket-ssl-perl", "OpenSSL")
def _(cert, key):
    return server(443, "perl", "-e", PERL, cert, key)


RUBY = """
require "openssl"; require "socket"
context = OpenSSL::SSL::SSLContext.new
context.add_certificate(OpenSSL::X509::Certificate.new(File.read(ARGV[0])),
                        OpenSSL::PKey.read(File.read(ARGV[1])))
listener = OpenSSL::SSL::SSLServer.new(TCPServer.new(443), context)
loop do
  s = listener.accept
  while (line = s.gets) && line != "\\r\\n"; end
  s.write("HTTP/1.0 200 OK\\r\\n\\r\\nHello.\\n"); s.close
end
"""


@serving("ruby", "ruby3.1", "OpenSSL", kind="rsa")
def _(cert, key):
    return server(443, "ruby", "-e", RUBY, cert, key)


ERLANG = """
ssl:start(),
{ok, L} = ssl:listen(443, [{certfile, "%s"}, {keyfile, "%s"}, {active, false},
    {reuseaddr, true}, {versions, ['tlsv1.3', 'tlsv1.2']}]),
F = fun(F) -> {ok, T} = ssl:transport_accept(L), {ok, S} = ssl:handshake(T), ssl:recv(S, 0),
    ssl:send(S, "HTTP/1.0 200 OK\\r\\n\\r\\nHello.\\n"), ssl:close(S), F(F) end, F(F).
"""


@serving("erlang", "erlang-ssl")
def _(cert, key):
    return server(443, "erl", "-noshell", "-eval", ERLANG % (cert, key))


@serving("botan", "botan", kind="rsa")
def _(cert, key):
    return server(443, "botan", "tls_server", cert, key, "--port=443")


@serving("socat", "socat", "OpenSSL")
def _(cert, key):
    answer = r"SYSTEM:printf HTTP/1.0\ 200\ OK\\r\\n\\r\\nHello.\\n"
    return server(443, "socat", f"OPENSSL-LISTEN:443,fork,reuseaddr,verify=0,cert={cert},key={key}",
                  answer)
