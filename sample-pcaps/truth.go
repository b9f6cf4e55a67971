// SPDX-License-Identifier: GPL-2.0-or-later

// truth client|server OPTIONS: a TLS client or server on loopback.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

var (
	port     = flag.String("port", "443", "")
	host     = flag.String("host", "server.example", "")
	ca       = flag.String("ca", "", "")
	cert     = flag.String("cert", "", "")
	key      = flag.String("key", "", "")
	least    = flag.Int("min", 12, "11, 12 or 13")
	most     = flag.Int("max", 13, "")
	suite    = flag.Int("suite", 0, "the only one up to TLS 1.2")
	group    = flag.Int("group", 0, "the only one")
	protocol = flag.String("alpn", "", "")
	auth     = flag.Int("auth", 0, "as tls.ClientAuthType: 4 requires and verifies")
	times    = flag.Int("times", 1, "connections of the client")
	wait     = flag.Int("wait", 20, "seconds")
)

func must(problem error) {
	if problem != nil {
		fmt.Println(problem)
		os.Exit(1)
	}
}

func configuration() *tls.Config {
	config := &tls.Config{
		ServerName: *host, MinVersion: uint16(0x0301 - 10 + *least), MaxVersion: uint16(0x0301 - 10 + *most),
		ClientAuth: tls.ClientAuthType(*auth), ClientSessionCache: tls.NewLRUClientSessionCache(4),
	}
	if *ca != "" {
		text, problem := os.ReadFile(*ca)
		must(problem)
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(text)
		config.RootCAs, config.ClientCAs = pool, pool
	}
	if *cert != "" {
		pair, problem := tls.LoadX509KeyPair(*cert, *key)
		must(problem)
		config.Certificates = []tls.Certificate{pair}
	}
	if *suite != 0 {
		config.CipherSuites = []uint16{uint16(*suite)}
	}
	if *group != 0 {
		config.CurvePreferences = []tls.CurveID{tls.CurveID(*group)}
	}
	if *protocol != "" {
		config.NextProtos = strings.Split(*protocol, ",")
	}
	return config
}

func client(config *tls.Config) {
	dialer := &net.Dialer{Timeout: time.Duration(*wait) * time.Second}
	for n := 0; n < *times; n++ {
		connection, problem := tls.DialWithDialer(dialer, "tcp", "127.0.0.1:"+*port, config)
		if problem != nil {
			fmt.Println(problem)
			continue
		}
		fmt.Println(connection.ConnectionState().DidResume)
		connection.Write([]byte("GET /hello.txt HTTP/1.0\r\n\r\n"))
		answer, _ := io.ReadAll(connection)
		fmt.Println(string(answer))
		connection.Close()
		time.Sleep(300 * time.Millisecond)
	}
}

func serve(connection net.Conn) {
	defer connection.Close()
	if _, problem := connection.Read(make([]byte, 4096)); problem != nil {
		fmt.Println(problem)
		return
	}
	connection.Write([]byte("HTTP/1.0 200 OK\r\n\r\nHello.\n"))
}

func main() {
	mode := os.Args[1]
	must(flag.CommandLine.Parse(os.Args[2:]))
	if mode == "client" {
		client(configuration())
		return
	}
	listener, problem := tls.Listen("tcp", "127.0.0.1:"+*port, configuration())
	must(problem)
	for {
		connection, problem := listener.Accept()
		must(problem)
		go serve(connection)
	}
}
