# SPDX-License-Identifier: GPL-2.0-or-later
"""The stacks of the truth set: s_NAME() is a server that listens on port 443, c_NAME() a
client that checks certificates and makes one request.  How a client ends does not matter."""

import socket
import ssl
import struct
import subprocess
import threading
import time
from contextlib import contextmanager, suppress

import pki
import real
import stacks
from stacks import GET, HERE, scratch, server
from truth_registry import uses

pki.KEYS["rsa1024"] = ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024")
real.Versions.COMMANDS |= {"node": ("node", "--version"), "go": ("go", "version")}

SECTIONS = """
[other_extensions]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:other.example
[usage_extensions]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectAltName = DNS:server.example, IP:127.0.0.1
"""
SERVER, CLIENT = ("server.example", "server_extensions"), ("client.example", "client_extensions")
CERTIFICATES = {  # what pki.Pki.issue() gets
    "expired": ((*SERVER, "ca"), {"valid": (2024, 2026)}),
    "future": ((*SERVER, "ca"), {"valid": (2040, 2046)}),
    "other": (("other.example", "other_extensions", "ca"), {}),
    "usage": (("server.example", "usage_extensions", "ca"), {}),
    "self": (SERVER, {}),
    "weak": ((*SERVER, "ca", "rsa1024"), {}),
    "issuing": (("Issuing CA", "ca_extensions", "ca"), {}),
    "leaf": ((*SERVER, "issuing"), {}),
    "stranger-ca": (("Stranger CA", "ca_extensions"), {}),
    "stranger": ((*CLIENT, "stranger-ca"), {}),
    "client-expired": ((*CLIENT, "ca"), {"valid": (2024, 2026)}),
}


def pem(file: str) -> str:
    """The path of NAME.pem or NAME.key, made if need be."""
    name, made = file.rpartition(".")[0], stacks.pki
    if not (made.folder / file).exists():
        config = made.folder / "ca.cnf"
        if "[other_extensions]" not in config.read_text():
            config.write_text(config.read_text() + SECTIONS)
        details, more = CERTIFICATES[name]
        for issuer in details[2:3]:
            pem(f"{issuer}.pem")
        made.issue(name, *details, **more)
    return made[file]


def attempt(*command: str, say=GET, pause=0.4, seconds=15, end=b"", **environment: str) -> str:
    """Run a client, however it ends; what it printed."""
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        cwd=scratch("."), env=stacks._environment(**environment))
    with suppress(BrokenPipeError):
        for part in filter(None, (*((say,) if isinstance(say, bytes) else say), end)):
            time.sleep(pause)
            process.stdin.write(part)
            process.stdin.flush()
    try:
        return process.communicate(timeout=seconds)[0].decode(errors="replace")
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0].decode(errors="replace")


# --- OpenSSL, GnuTLS, NSS ----------------------------------------------------


def s_openssl(*options: str, name="server", port=443):
    uses("OpenSSL {openssl} s_server")
    return server(port, "openssl", "s_server", "-accept", str(port), "-WWW", "-cert",
                  pem(f"{name}.pem"), "-key", pem(f"{name}.key"), *options)


def c_openssl(*options: str, ca="ca", before=(), eof=True, **more) -> str:
    uses("OpenSSL {openssl} s_client")
    return attempt(*before, "openssl", "s_client", "-connect", "127.0.0.1:443", "-servername",
                   "server.example", "-CAfile", pem(f"{ca}.pem"), "-verify_return_error",
                   *(("-ign_eof",) if eof else ()), *options, **more)


def s_gnutls(*options: str, name="server", priority="NORMAL", wants=False):
    uses("GnuTLS {gnutls} gnutls-serv")
    return server(443, "gnutls-serv", "--http", "--port", "443", "--priority", priority,
                  *(() if wants else ("--disable-client-cert",)), "--x509certfile",
                  pem(f"{name}.pem"), "--x509keyfile", pem(f"{name}.key"), *options)


def c_gnutls(*options: str, ca="ca", priority="NORMAL", before=(), **more) -> str:
    uses("GnuTLS {gnutls} gnutls-cli")
    return attempt(*before, "gnutls-cli", "--port", "443", "--x509cafile", pem(f"{ca}.pem"),
                   "--priority", priority, "--sni-hostname", "server.example",
                   "--verify-hostname", "server.example", "127.0.0.1", *options, **more)


def nss_database(name: str, ca: str = "ca") -> str:
    """A database with NAME's key and certificate that trusts ``ca``."""
    folder = scratch(f"truth-nss-{name}-{ca}")
    database, bundle = f"sql:{folder}", str(scratch("nss.p12"))
    if not folder.exists():
        folder.mkdir()
        for command in (
            ("certutil", "-N", "-d", database, "--empty-password"),
            ("certutil", "-A", "-d", database, "-n", "ca", "-t", "CT,,", "-i", pem(f"{ca}.pem")),
            ("openssl", "pkcs12", "-export", "-name", name, "-passout", "pass:", "-in",
             pem(f"{name}.pem"), "-inkey", pem(f"{name}.key"), "-out", bundle),
            ("pk12util", "-d", database, "-i", bundle, "-W", ""),
        ):
            attempt(*command, say=())
    return database


def s_nss(*options: str, name="server", versions="tls1.2:tls1.3"):
    uses("NSS {nss} selfserv")
    which = "-n" if name == "rsa" else "-e"
    return server(443, "selfserv", "-d", nss_database(name), "-p", "443", which, name, "-V",
                  versions, *options)


def c_nss(*options: str, name="client", ca="ca", versions="tls1.2:tls1.3", before=()) -> str:
    uses("NSS {nss} tstclnt")
    request = scratch("request")
    request.write_bytes(GET)
    return attempt(*before, "tstclnt", "-d", nss_database(name, ca), "-h", "127.0.0.1", "-p",
                   "443", "-V", versions, "-a", "server.example", "-A", str(request), *options,
                   say=())


# --- nginx and curl ----------------------------------------------------------


def s_nginx(*directives: str, name="server", listen="443 ssl"):
    """``directives`` of the server."""
    uses("nginx {nginx} with OpenSSL {openssl}")
    more = "".join(f"{line};\n" for line in directives)
    return stacks.nginx(listen, f"""
    server_name server.example;
    ssl_certificate {pem(f"{name}.pem")}; ssl_certificate_key {pem(f"{name}.key")};
    {more}""")


def c_curl(*options: str, ca="ca", url="https://server.example/one") -> str:
    uses("curl {curl} with OpenSSL {openssl}")
    return attempt("curl", "-sS", "--cacert", pem(f"{ca}.pem"), "--resolve",
                   "*:443:127.0.0.1", *options, url, say=())


# --- Java, Node, Go ----------------------------------------------------------


def java_keys(name: str) -> str:
    """A key store with NAME's certificate."""
    store = scratch(f"truth-{name}.p12")
    attempt("openssl", "pkcs12", "-export", "-passout", "pass:sample", "-in",
            pem(f"{name}.pem"), "-inkey", pem(f"{name}.key"), "-out", str(store), say=())
    return str(store)


def java_command(mode: str, words, options) -> tuple[str, ...]:
    """``options`` are Java's own; with "loose" nothing that is old is disabled."""
    uses("Java {java}")
    classes = scratch("classes")
    if not classes.exists():
        stacks.run("javac", "-d", str(classes), str(HERE / "Truth.java"), pause=0)
        scratch("loose").write_text(
            "jdk.tls.disabledAlgorithms=\njdk.certpath.disabledAlgorithms=\n")
    options = [f"-Djava.security.properties={scratch('loose')}" if option == "loose" else option
               for option in options]
    return ("java", "-XX:TieredStopAtLevel=1", "-cp", str(classes), *options, "Truth", mode,
            *words)


def s_java(*words: str, name="server", options=(), ca="ca"):
    return server(443, *java_command(
        "server", (f"ca={pem(f'{ca}.pem')}", f"keys={java_keys(name)}", *words), options))


def c_java(*words: str, name=None, options=(), ca="ca") -> str:
    keys = (f"keys={java_keys(name)}",) if name else ()
    return attempt(*java_command("client", (f"ca={pem(f'{ca}.pem')}", *keys, *words), options),
                   say=())


def node_command(mode: str, ca: str, name: str | None, words) -> tuple[str, ...]:
    uses("Node {node}")
    own = (f"cert={pem(f'{name}.pem')}", f"key={pem(f'{name}.key')}") if name else ()
    return ("node", str(HERE / "truth.js"), mode, f"ca={pem(f'{ca}.pem')}", *own, *words)


def s_node(*words: str, name="server", ca="ca"):
    return server(443, *node_command("server", ca, name, words))


def c_node(*words: str, name=None, ca="ca") -> str:
    return attempt(*node_command("client", ca, name, words), say=())


def go_command(mode: str, ca: str, name: str | None, words) -> tuple[str, ...]:
    uses("Go {go}")
    program = scratch("truth-go")
    if not program.exists():
        attempt("go", "build", "-o", str(program), str(HERE / "truth.go"), say=(), seconds=300,
                GO111MODULE="off", GOFLAGS="-p=1")
    own = ("-cert", pem(f"{name}.pem"), "-key", pem(f"{name}.key")) if name else ()
    return (str(program), mode, "-ca", pem(f"{ca}.pem"), *own, *words)


def s_go(*words: str, name="server", ca="ca"):
    return server(443, *go_command("server", ca, name, words))


def c_go(*words: str, name=None, ca="ca") -> str:
    return attempt(*go_command("client", ca, name, words), say=())


# --- Python ------------------------------------------------------------------


def quiet(talk):
    """A server of one connection, which ``talk`` gets."""

    def safe(connection):
        with suppress(OSError):
            talk(connection)

    return stacks.script(443, safe)


def s_plain(talk):
    """As quiet(), a server that speaks no TLS."""
    uses("a server in Python {python}")
    return quiet(talk)


def python_context(server_side: bool, name: str | None, ca: str, change):
    uses(f"Python {{python}} ssl with OpenSSL {{openssl}}, {'server' if server_side else 'client'}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server_side else ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(pem(f"{ca}.pem"))
    if name:
        context.load_cert_chain(pem(f"{name}.pem"), pem(f"{name}.key"))
    if change:
        change(context)
    return context


def s_python(change=None, name="server", ca="ca"):
    """One connection; ``change`` gets the context."""
    context = python_context(True, name, ca, change)

    def talk(connection):
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(4096)
            secure.sendall(b"HTTP/1.0 200 OK\r\n\r\nHello.\n")
            secure.unwrap()

    return quiet(talk)


def c_python(change=None, name=None, ca="ca", host="server.example", end=None) -> None:
    """``end`` gets the connection after the handshake in place of a request."""
    context = python_context(False, name, ca, change)
    with suppress(OSError), socket.create_connection(("127.0.0.1", 443), 5) as connection:
        with context.wrap_socket(connection, server_hostname=host) as secure:
            if end:
                end(secure)
            else:
                secure.sendall(GET)
                secure.recv(4096)
                secure.unwrap()


def reset(connection: socket.socket) -> None:
    """Close with RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def raw(*steps, end=socket.socket.close, wait=0.5) -> None:
    """Send each step, bytes or a function of what has come, and listen for so long."""
    uses("a client in Python {python} that sends bytes made by hand")
    with suppress(OSError), socket.create_connection(("127.0.0.1", 443)) as connection:
        connection.settimeout(wait)
        came = b""
        for step in steps:
            connection.sendall(step(came) if callable(step) else step)
            with suppress(TimeoutError):
                while piece := connection.recv(65536):
                    came += piece
        end(connection)


# --- A relay -----------------------------------------------------------------


@contextmanager
def relay(change, behind=444, times=1):
    """On port 443, pass each record on to ``behind``.  ``change`` gets "C" or "S" for who sends,
    its number from 0 and the record; it returns what goes on in its place, or None to end."""
    uses("altered by a relay in Python {python}")

    def one_way(who, source, target, both):
        data, number = b"", 0
        with suppress(OSError):
            while piece := source.recv(65536):
                data += piece
                while len(data) >= (size := 5 + int.from_bytes(data[3:5].ljust(2, b"\xff"), "big")):
                    passed = change(who, number, data[:size])
                    if passed is None:
                        for one in both:
                            one.shutdown(socket.SHUT_RDWR)
                        return
                    target.sendall(passed)
                    data, number = data[size:], number + 1
            target.shutdown(socket.SHUT_WR)

    def serve(listener):
        for _ in range(times):
            with listener.accept()[0] as near, socket.create_connection(
                    ("127.0.0.1", behind)) as far:
                back = threading.Thread(target=one_way, args=("S", far, near, (near, far)))
                back.start()
                one_way("C", near, far, (near, far))
                back.join(10)

    with socket.create_server(("127.0.0.1", 443)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield
        thread.join(5)


def flip(record: bytes, at: int) -> bytes:
    """The record with one bit of a byte turned."""
    at %= len(record)
    return record[:at] + bytes([record[at] ^ 1]) + record[at + 1:]
