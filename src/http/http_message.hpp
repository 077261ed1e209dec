/// @file
/// What requests and answers have in common: header look-up, and the request as bytes.
/// Layer: http.
#pragma once

#include "http/proxy.hpp"

#include <lddynamo/http_transport.hpp>
#include <lddynamo/result.hpp>

#include <string>
#include <string_view>

namespace lddynamo::http {

/// Headers longer than this in all are refused, in requests and in answers.
inline constexpr std::size_t kMaxHeaderBytes = 64U << 10U;
inline constexpr std::size_t kMaxHeaders = 256;  ///< As above, by their number.
inline constexpr char kTooManyHeaders[] = "over 256 headers, or over 65536 bytes of them";

/// Compares ASCII without case.
[[nodiscard]] bool EqualsNoCase(std::string_view a, std::string_view b) noexcept;

/// The value of the first header of that name; nullptr when missing.
[[nodiscard]] std::string const* FindHeader(HttpHeaders const& headers,
                                            std::string_view name) noexcept;

/// A name that is an RFC 9110 token, and a value without control characters other than tab.
[[nodiscard]] bool IsValidHeader(std::string_view name, std::string_view value) noexcept;

/// Request line and headers, with the empty line; the body follows it as it is. A request to a
/// proxy names the whole URL, and carries what the proxy wants to see.
/// @retval ErrorCode::kInvalidArgument  the method or a header cannot be sent as it is.
[[nodiscard]] Result<std::string> SerializeHead(HttpRequest const& request, Route const& route);
/// A CONNECT for a tunnel to the route's host.
[[nodiscard]] std::string SerializeConnect(Route const& route);

}  // namespace lddynamo::http
