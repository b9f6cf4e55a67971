// SPDX-License-Identifier: GPL-2.0-or-later
// node truth.js client|server KEY=VALUE...: a TLS client or server on loopback. The options
// are those of tls.connect() and tls.createServer(); ca, cert and key name files. Also times
// (client: connections, each with the session of the last) and sni=fail (server).
"use strict";
const fs = require("fs");
const tls = require("tls");

const options = { port: 443, servername: "server.example" };
for (const word of process.argv.slice(3)) {
  const at = word.indexOf("=");
  const [key, value] = [word.slice(0, at), word.slice(at + 1)];
  if (["ca", "cert", "key", "dhparam"].includes(key)) options[key] = fs.readFileSync(value);
  else if (key === "ALPNProtocols") options[key] = value.split(",");
  else if (/^\d+$/.test(value)) options[key] = Number(value);
  else if (["true", "false"].includes(value)) options[key] = value === "true";
  else options[key] = value;
}

function client(left, session) {
  const socket = tls.connect({ host: "127.0.0.1", ...options, session }, () => {
    console.log(socket.getProtocol(), socket.isSessionReused());
    socket.write("GET /hello.txt HTTP/1.0\r\n\r\n");
  });
  socket.on("session", (data) => { session = data; });
  socket.on("data", (data) => console.log(data.toString()));
  socket.on("error", (problem) => console.log(problem.code));
  socket.on("close", () => { if (left > 1) setTimeout(client, 300, left - 1, session); });
}

function server() {
  if (options.sni === "fail") {
    options.SNICallback = (name, done) => done(new Error(`no ${name}`));
  }
  tls.createServer(options, (socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end("HTTP/1.0 200 OK\r\n\r\nHello.\n"));
  }).on("tlsClientError", (problem) => console.log(problem.code)).listen(options.port);
}

if (process.argv[2] === "client") client(options.times || 1);
else server();
