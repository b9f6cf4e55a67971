// SPDX-License-Identifier: GPL-2.0-or-later

// healthy_wolfssl CA: one request with wolfSSL.
#include <wolfssl/options.h>

#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wolfssl/ssl.h>

static int connected(void) {
  struct addrinfo* found;
  const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
  if (getaddrinfo("localhost", "443", &hints, &found) != 0) return -1;
  const int made = socket(found->ai_family, found->ai_socktype, 0);
  return connect(made, found->ai_addr, found->ai_addrlen) == 0 ? made : -1;
}

int main(int argc, char** argv) {
  const char request[] = "GET /hello.txt HTTP/1.0\r\n\r\n";
  char answer[4096];
  if (argc != 2) return 2;
  wolfSSL_Init();
  WOLFSSL_CTX* context = wolfSSL_CTX_new(wolfSSLv23_client_method());
  if (wolfSSL_CTX_load_verify_locations(context, argv[1], NULL) != WOLFSSL_SUCCESS) return 1;
  WOLFSSL* ssl = wolfSSL_new(context);
  wolfSSL_UseSNI(ssl, WOLFSSL_SNI_HOST_NAME, "localhost", 9);
  wolfSSL_check_domain_name(ssl, "localhost");
  const int net = connected();
  wolfSSL_set_fd(ssl, net);
  if (wolfSSL_connect(ssl) != WOLFSSL_SUCCESS) {
    printf("%d\n", wolfSSL_get_error(ssl, 0));
    return 1;
  }
  wolfSSL_write(ssl, request, sizeof request - 1);
  while (wolfSSL_read(ssl, answer, sizeof answer) > 0) {
  }
  wolfSSL_shutdown(ssl);
  close(net);
  return 0;
}
