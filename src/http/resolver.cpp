#include "http/resolver.hpp"

#include "http/http_message.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace lddynamo::http {
namespace {

SocketAddress MakeV4(in_addr address, std::uint16_t port) {
    SocketAddress result;
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr = address;
    std::memcpy(&result.storage, &v4, sizeof v4);
    result.length = sizeof v4;
    return result;
}

SocketAddress MakeV6(in6_addr const& address, std::uint16_t port) {
    SocketAddress result;
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    v6.sin6_addr = address;
    std::memcpy(&result.storage, &v6, sizeof v6);
    result.length = sizeof v6;
    return result;
}

}  // namespace

bool IsLocalhost(std::string_view host) noexcept {
    constexpr std::string_view kName = "localhost";
    if (host.ends_with('.')) host.remove_suffix(1);
    if (host.size() < kName.size()) return false;
    auto const tail = host.size() - kName.size();
    return EqualsNoCase(host.substr(tail), kName) && (tail == 0 || host[tail - 1] == '.');
}

Result<std::vector<SocketAddress>> Resolve(std::string const& host, std::uint16_t port) {
    in_addr v4{};
    if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return std::vector{MakeV4(v4, port)};
    in6_addr v6{};
    if (::inet_pton(AF_INET6, host.c_str(), &v6) == 1) return std::vector{MakeV6(v6, port)};
    if (IsLocalhost(host)) {
        v4.s_addr = htonl(INADDR_LOOPBACK);
        return std::vector{MakeV4(v4, port), MakeV6(in6addr_loopback, port)};
    }

    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    int const code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
    std::unique_ptr<addrinfo, void (*)(addrinfo*)> const owner(list, [](addrinfo* entries) {
        if (entries != nullptr) ::freeaddrinfo(entries);
    });
    if (code != 0) {
        Error error;
        error.code = ErrorCode::kConnection;
        error.message = "cannot resolve " + host + ": " +
                        (code == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(code));
        error.retryable = true;
        return Fail(std::move(error));
    }
    std::vector<SocketAddress> addresses;
    for (addrinfo const* entry = list; entry != nullptr; entry = entry->ai_next) {
        SocketAddress address;
        if (entry->ai_addrlen > sizeof address.storage) continue;
        std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
        address.length = entry->ai_addrlen;
        addresses.push_back(address);
    }
    if (addresses.empty()) {
        return Fail(ErrorCode::kConnection, "cannot resolve " + host + ": no address");
    }
    return addresses;
}

std::string ToString(SocketAddress const& address) {
    char text[INET6_ADDRSTRLEN] = "?";
    if (address.storage.ss_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address.storage, sizeof v6);
        ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
        return '[' + std::string(text) + "]:" + std::to_string(ntohs(v6.sin6_port));
    }
    sockaddr_in v4{};
    std::memcpy(&v4, &address.storage, sizeof v4);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return std::string(text) + ':' + std::to_string(ntohs(v4.sin_port));
}

}  // namespace lddynamo::http
