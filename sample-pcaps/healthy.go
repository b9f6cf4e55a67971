// SPDX-License-Identifier: GPL-2.0-or-later

// A TLS client or, with -cert, a server on loopback.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

func must(problem error) {
	if problem != nil {
		fmt.Fprintln(os.Stderr, problem)
		os.Exit(1)
	}
}

func pool(file string) *x509.CertPool {
	text, problem := os.ReadFile(file)
	must(problem)
	made := x509.NewCertPool()
	made.AppendCertsFromPEM(text)
	return made
}

func hello(to http.ResponseWriter, _ *http.Request) { fmt.Fprintln(to, "Hello.") }

func main() {
	ca := flag.String("ca", "", "trusted certificates")
	cert := flag.String("cert", "", "own certificate")
	key := flag.String("key", "", "its key")
	serve := flag.Bool("serve", false, "be a server")
	ask := flag.Bool("ask", false, "server: ask for a certificate")
	only12 := flag.Bool("only12", false, "TLS 1.2 at most")
	p256 := flag.Bool("p256", false, "P-256 only")
	times := flag.Int("times", 1, "client: connections, later ones resume")
	flag.Parse()
	config := &tls.Config{RootCAs: pool(*ca), ClientCAs: pool(*ca), ServerName: "localhost",
		ClientSessionCache: tls.NewLRUClientSessionCache(4)}
	if *cert != "" {
		pair, problem := tls.LoadX509KeyPair(*cert, *key)
		must(problem)
		config.Certificates = []tls.Certificate{pair}
	}
	if *ask {
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	if *only12 {
		config.MaxVersion = tls.VersionTLS12
	}
	if *p256 {
		config.CurvePreferences = []tls.CurveID{tls.CurveP256}
	}
	if *serve {
		server := &http.Server{Addr: ":443", TLSConfig: config, Handler: http.HandlerFunc(hello)}
		must(server.ListenAndServeTLS("", ""))
	}
	for n := 0; n < *times; n++ {
		connection, problem := tls.Dial("tcp", "localhost:443", config)
		must(problem)
		fmt.Fprint(connection, "GET /hello.txt HTTP/1.0\r\n\r\n")
		io.ReadAll(connection)
		fmt.Println(connection.ConnectionState().DidResume)
		connection.Close()
		time.Sleep(200 * time.Millisecond)
	}
}
