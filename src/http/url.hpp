/// @file
/// Url: the parts of an http or https URL that a request needs.
/// Layer: http.
#pragma once

#include <lddynamo/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace lddynamo::http {

struct Url {
    bool https = false;
    std::string host{};         ///< A name, an IPv4 address, or an IPv6 address without brackets.
    std::uint16_t port = 0;     ///< Never 0.
    std::string target{};       ///< Path and query, beginning with '/'; no fragment.
    std::string host_header{};  ///< What Host carries: the port only if it is not the scheme's.

    /// "host:port", for keys and messages; IPv6 addresses in brackets.
    [[nodiscard]] std::string Authority() const;
};

/// @retval ErrorCode::kInvalidArgument  not an absolute http or https URL, or one with a user name,
///         a space, a control or a non-ASCII character. The message never repeats the URL.
[[nodiscard]] Result<Url> ParseUrl(std::string_view url);

}  // namespace lddynamo::http
