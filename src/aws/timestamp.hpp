/// @file
/// Times as AWS writes and HTTP sends them; UTC, without the locale and the machine's zone.
/// Layer: aws.
#pragma once

#include "http/http_date.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace lddynamo::aws {

/// "20150830T123600Z"; years outside 0000-9999 are clamped.
[[nodiscard]] std::string BasicTimestamp(std::chrono::system_clock::time_point time);
/// Reads "2015-08-30T12:36:00Z", with a fraction of a second and an offset such as "+05:45"
/// allowed.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> ParseIsoTime(
    std::string_view text);
using http::ParseHttpDate;

}  // namespace lddynamo::aws
