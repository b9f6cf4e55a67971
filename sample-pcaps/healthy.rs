// SPDX-License-Identifier: GPL-2.0-or-later

// healthy CA: one request with rustls.
use std::io::{Read, Write};
use std::sync::Arc;

fn main() {
    let file = std::env::args().nth(1).expect("a file of trusted certificates");
    let text = std::fs::read(file).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    for certificate in rustls_pemfile::certs(&mut &text[..]).unwrap() {
        roots.add(&rustls::Certificate(certificate)).unwrap();
    }
    let config = rustls::ClientConfig::builder()
        .with_safe_defaults()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "localhost".try_into().unwrap();
    let mut connection = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let mut socket = std::net::TcpStream::connect("localhost:443").unwrap();
    let mut stream = rustls::Stream::new(&mut connection, &mut socket);
    stream.write_all(b"GET /hello.txt HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(!answer.is_empty());
}
