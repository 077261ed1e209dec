// The floor: what a program cannot do without to read one row. No library but the system's.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "floor_request.h"

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    int const fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int const on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct sockaddr_in address = {0};
    address.sin_family = AF_INET;
    address.sin_port = htons((unsigned short)atoi(argv[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr*)&address, sizeof address) != 0) return 3;
    if (send(fd, kRequest, sizeof kRequest - 1, MSG_NOSIGNAL) != (ssize_t)sizeof kRequest - 1)
        return 4;
    char answer[65536];
    size_t size = 0;
    while (size < sizeof answer - 1) {
        ssize_t const count = recv(fd, answer + size, sizeof answer - 1 - size, 0);
        if (count <= 0) return 5;
        size += (size_t)count;
        answer[size] = '\0';
        if (strstr(answer, kWanted) != NULL) break;
    }
    close(fd);
    return 0;
}
