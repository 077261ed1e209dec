/// @file
/// Reading of the Date header.
/// Layer: http. Source: RFC 9110, section 5.6.7
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace lddynamo::http {

/// Reads "Sun, 06 Nov 1994 08:49:37 GMT"; the day's name is not looked at, nor is the locale.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> ParseHttpDate(
    std::string_view text);

}  // namespace lddynamo::http
