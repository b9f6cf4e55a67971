// SPDX-License-Identifier: GPL-2.0-or-later

// healthy_mbedtls CA: one request with Mbed TLS.
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <stdio.h>

int main(int argc, char** argv) {
  mbedtls_net_context net;
  mbedtls_ssl_context ssl;
  mbedtls_ssl_config config;
  mbedtls_x509_crt ca;
  mbedtls_entropy_context entropy;
  mbedtls_ctr_drbg_context random;
  const unsigned char request[] = "GET /hello.txt HTTP/1.0\r\n\r\n";
  unsigned char answer[4096];
  if (argc != 2) return 2;
  mbedtls_net_init(&net);
  mbedtls_ssl_init(&ssl);
  mbedtls_ssl_config_init(&config);
  mbedtls_x509_crt_init(&ca);
  mbedtls_entropy_init(&entropy);
  mbedtls_ctr_drbg_init(&random);
  mbedtls_ctr_drbg_seed(&random, mbedtls_entropy_func, &entropy, NULL, 0);
  if (mbedtls_x509_crt_parse_file(&ca, argv[1]) != 0) return 1;
  if (mbedtls_net_connect(&net, "localhost", "443", MBEDTLS_NET_PROTO_TCP) != 0) return 1;
  mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                              MBEDTLS_SSL_PRESET_DEFAULT);
  mbedtls_ssl_conf_ca_chain(&config, &ca, NULL);
  mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &random);
  if (mbedtls_ssl_setup(&ssl, &config) != 0) return 1;
  mbedtls_ssl_set_hostname(&ssl, "localhost");
  mbedtls_ssl_set_bio(&ssl, &net, mbedtls_net_send, mbedtls_net_recv, NULL);
  const int done = mbedtls_ssl_handshake(&ssl);
  if (done != 0) {
    printf("%d\n", done);
    return 1;
  }
  mbedtls_ssl_write(&ssl, request, sizeof request - 1);
  while (mbedtls_ssl_read(&ssl, answer, sizeof answer) > 0) {
  }
  mbedtls_ssl_close_notify(&ssl);
  mbedtls_net_free(&net);
  return 0;
}
