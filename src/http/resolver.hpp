/// @file
/// From a host to the addresses to try.
/// Layer: http. Blocks in the system's resolver for names; not for IP addresses and localhost.
#pragma once

#include <lddynamo/result.hpp>

#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::http {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;
};

/// RFC 6761: localhost and what is under it are this machine, whatever a name server says.
[[nodiscard]] bool IsLocalhost(std::string_view host) noexcept;

/// In the order to try them; never empty.
/// @retval ErrorCode::kConnection  the name has no address, or the resolver failed.
[[nodiscard]] Result<std::vector<SocketAddress>> Resolve(std::string const& host,
                                                         std::uint16_t port);

/// What stands for Resolve in tests.
using ResolveFunction =
    std::function<Result<std::vector<SocketAddress>>(std::string const& host, std::uint16_t port)>;

/// The text of an address and port, such as "127.0.0.1:8000" or "[::1]:8000".
[[nodiscard]] std::string ToString(SocketAddress const& address);

}  // namespace lddynamo::http
