// The floor over TLS: bare OpenSSL, with the same verification as everybody.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "floor_request.h"

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (SSL_CTX_load_verify_file(context, argv[2]) != 1) return 3;

    int const fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int const on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct sockaddr_in address = {0};
    address.sin_family = AF_INET;
    address.sin_port = htons((unsigned short)atoi(argv[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr*)&address, sizeof address) != 0) return 4;

    SSL* const ssl = SSL_new(context);
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), "127.0.0.1");
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) != 1) return 5;
    if (SSL_write(ssl, kRequest, sizeof kRequest - 1) != (int)sizeof kRequest - 1) return 6;
    char answer[65536];
    size_t size = 0;
    while (size < sizeof answer - 1) {
        int const count = SSL_read(ssl, answer + size, (int)(sizeof answer - 1 - size));
        if (count <= 0) return 7;
        size += (size_t)count;
        answer[size] = '\0';
        if (strstr(answer, kWanted) != NULL) break;
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
    close(fd);
    return 0;
}
