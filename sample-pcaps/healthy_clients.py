# SPDX-License-Identifier: GPL-2.0-or-later
"""Clients of many TLS stacks, each with what it offers by default."""

import subprocess

import stacks
from stacks import GET, HERE, run, scratch

URL = "https://localhost/hello.txt"
CLIENTS = {}
ONLY_TLS12 = ("botan", "mbedtls")


def client(name, package, stack=""):
    """Register a client: the function makes one connection to port 443 of localhost."""

    def register(talk):
        CLIENTS[name] = (package, stack, talk)
        return talk

    return register


def ca():
    return stacks.pki["ca.pem"]


def expect(text, *words):
    for word in words:
        if word not in text:
            raise RuntimeError(f"{word!r} is not in {text!r}")


@client("openssl", "openssl")
def openssl(*options):
    stacks.openssl_client("-verify_return_error", *options)


def openssl_leaves(*options):
    """For a server that does not close the connection."""
    stacks.openssl_client("-verify_return_error", *options, end=b"Q\n")


@client("gnutls", "gnutls-bin")
def gnutls(*options):
    run("gnutls-cli", "--port", "443", "--x509cafile", ca(), *options, "localhost", say=GET)


@client("nss", "libnss3-tools")
def nss():
    database = f"sql:{scratch('nss-client')}"
    if not scratch("nss-client").exists():
        scratch("nss-client").mkdir()
        run("certutil", "-N", "-d", database, "--empty-password", pause=0)
        run("certutil", "-A", "-d", database, "-n", "ca", "-t", "CT,,", "-i", ca(), pause=0)
    scratch("request").write_bytes(GET)
    run("tstclnt", "-d", database, "-h", "localhost", "-p", "443", "-V", "tls1.2:tls1.3",
        "-A", str(scratch("request")), pause=0)


@client("java", "openjdk-17-jdk-headless")
def java(*options):
    run("java", *options, str(HERE / "Client.java"), "443", "TLSv1.3", "TLSv1.2")


@client("curl", "curl", "OpenSSL")
def curl(*options):
    run("curl", "-sS", "--cacert", ca(), *options, URL, pause=0)


@client("wget", "wget", "GnuTLS")
def wget():
    run("wget", "-qO-", "--ca-certificate", ca(), URL, pause=0)


@client("aria2", "aria2", "GnuTLS")
def aria2():
    run("aria2c", "--no-conf", "--async-dns=false", f"--ca-certificate={ca()}",
        "--allow-overwrite", "-o", "got", URL, pause=0)


@client("lftp", "lftp", "GnuTLS")
def lftp():
    run("lftp", "-c", f"set ssl:ca-file {ca()}; set net:max-retries 1; cat {URL}", pause=0)


@client("elinks", "elinks", "GnuTLS")
def elinks():
    run("elinks", "-no-home", "1", "-dump", URL, pause=0)


@client("lynx", "lynx", "GnuTLS")
def lynx():
    run("lynx", "-cfg=/dev/null", "-dump", URL, pause=0, SSL_CERT_FILE=ca(), TERM="dumb")


@client("w3m", "w3m", "OpenSSL")
def w3m():
    run("w3m", "-o", f"ssl_ca_file={ca()}", "-dump", URL, pause=0)


@client("socat", "socat", "OpenSSL")
def socat():
    run("socat", "-", f"OPENSSL:localhost:443,cafile={ca()}", say=GET)


@client("ncat", "ncat", "OpenSSL")
def ncat():
    run("ncat", "--ssl-verify", "--ssl-trustfile", ca(), "localhost", "443", say=GET)


@client("botan", "botan")
def botan():
    text = run("botan", "tls_client", "localhost", "--port=443", "--skip-system-cert-store",
               f"--trusted-cas={ca()}", say=GET)
    expect(text, "Hello")


PYTHON = """
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
with socket.create_connection(("localhost", 443)) as plain:
    with context.wrap_socket(plain, server_hostname="localhost") as secure:
        secure.sendall(b"GET /hello.txt HTTP/1.0\\r\\n\\r\\n")
        while secure.recv(4096):
            pass
"""


@client("python", "python3.11", "OpenSSL")
def python():
    run("/usr/bin/python3", "-c", PYTHON, ca(), pause=0)


NODE = """
const tls = require("tls");
const socket = tls.connect({port: 443, servername: "localhost",
                            ca: require("fs").readFileSync(process.argv[1])},
                           () => socket.write("GET /hello.txt HTTP/1.0\\r\\n\\r\\n"));
socket.on("data", (data) => console.log(data.toString()));
"""


@client("node", "nodejs", "OpenSSL")
def node():
    run("node", "-e", NODE, ca(), pause=0)


PERL = """
use IO::Socket::SSL;
my $s = IO::Socket::SSL->new(PeerAddr => "localhost:443", SSL_hostname => "localhost",
                             SSL_ca_file => $ARGV[0]) or die $SSL_ERROR;
print $s "GET /hello.txt HTTP/1.0\\r\\n\\r\\n"; print while <$s>; close $s;
"""


@client("perl", "libio-socket-ssl-perl", "OpenSSL")
def perl():
    run("perl", "-e", PERL, ca(), pause=0)


RUBY = """
require "net/http"
http = Net::HTTP.new("localhost", 443)
http.use_ssl = true
http.ca_file = ARGV[0]
puts http.get("/hello.txt").body
"""


@client("ruby", "ruby3.1", "OpenSSL")
def ruby():
    run("ruby", "-e", RUBY, ca(), pause=0)


PHP = """
$c = stream_context_create(["ssl" => ["cafile" => $argv[1]]]);
echo file_get_contents("https://localhost/hello.txt", false, $c) or exit(1);
"""


@client("php", "php8.2-cli", "OpenSSL")
def php():
    run("php", "-n", "-r", PHP, ca(), pause=0)


ERLANG = """
ssl:start(),
{ok, S} = ssl:connect("localhost", 443, [{verify, verify_peer}, {cacertfile, "%s"},
    {versions, ['tlsv1.3', 'tlsv1.2']}, {active, false}]),
ok = ssl:send(S, "GET /hello.txt HTTP/1.0\\r\\n\\r\\n"),
{ok, _} = ssl:recv(S, 0), ssl:close(S), halt(0).
"""


@client("erlang", "erlang-ssl")
def erlang():
    run("erl", "-noshell", "-noinput", "-eval", ERLANG % ca(), pause=0)


def go_program():
    """healthy.go, built once."""
    program = scratch("healthy-go")
    if not program.exists():
        subprocess.run(["go", "build", "-o", program, HERE / "healthy.go"], check=True)
    return str(program)


@client("go", "golang-go")
def go(*options):
    run(go_program(), "-ca", ca(), *options, pause=0)


def c_program(name, *libraries):
    """healthy_NAME.c, built once."""
    program = scratch(f"healthy-{name}")
    if not program.exists():
        subprocess.run(["cc", "-o", program, HERE / f"healthy_{name}.c", *libraries], check=True)
    return str(program)


@client("mbedtls", "libmbedtls-dev")
def mbedtls():
    run(c_program("mbedtls", "-lmbedtls", "-lmbedx509", "-lmbedcrypto"), ca(), pause=0)


@client("wolfssl", "libwolfssl-dev")
def wolfssl():
    run(c_program("wolfssl", "-lwolfssl"), ca(), pause=0)


CARGO = """
[package]
name = "healthy"
version = "0.1.0"
edition = "2021"
[dependencies]
rustls = "0.20"
rustls-pemfile = "1"
[[bin]]
name = "healthy"
path = "%s"
"""
CARGO_FROM_DEBIAN = """
[source.crates-io]
replace-with = "debian"
[source.debian]
directory = "/usr/share/cargo/registry"
"""


def rust_program():
    """healthy.rs, built once from Debian's crates."""
    folder = scratch("healthy-rust")
    if not folder.exists():
        (folder / ".cargo").mkdir(parents=True)
        (folder / "Cargo.toml").write_text(CARGO % (HERE / "healthy.rs"))
        (folder / ".cargo/config.toml").write_text(CARGO_FROM_DEBIAN)
        subprocess.run(["cargo", "build", "-q", "--offline"], cwd=folder, check=True)
    return str(folder / "target/debug/healthy")


@client("rustls", "librust-rustls-dev")
def rustls():
    run(rust_program(), ca(), pause=0)


def firefox_profile():
    """A profile that trusts the sample CA and talks to nobody else."""
    folder = scratch("firefox")
    if not folder.exists():
        folder.mkdir()
        database = f"sql:{folder}"
        run("certutil", "-N", "-d", database, "--empty-password", pause=0)
        run("certutil", "-A", "-d", database, "-n", "ca", "-t", "CT,,", "-i", ca(), pause=0)
    return str(folder)


@client("firefox", "firefox-esr", "NSS")
def firefox():
    run("sh", "-c", 'timeout -k 2 20 firefox-esr "$@" || true', "sh", "--headless", "--profile",
        firefox_profile(), "--screenshot", str(scratch("shot.png")), URL, pause=0)


@client("chromium", "chromium", "BoringSSL")
def chromium():
    home = scratch("chromium-home")
    database = home / ".pki/nssdb"
    if not database.exists():
        database.mkdir(parents=True)
        run("certutil", "-N", "-d", f"sql:{database}", "--empty-password", pause=0)
        run("certutil", "-A", "-d", f"sql:{database}", "-n", "ca", "-t", "CT,,", "-i", ca(),
            pause=0)
    text = run("sh", "-c", 'timeout -k 2 20 chromium "$@" || true', "sh", "--headless",
               "--no-sandbox", "--disable-gpu", "--disable-background-networking",
               f"--user-data-dir={home}/data", "--dump-dom", URL, pause=0, HOME=str(home))
    expect(text, "Hello")
