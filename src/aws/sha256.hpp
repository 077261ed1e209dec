/// @file
/// SHA-256 and HMAC-SHA-256.
/// Layer: aws.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace lddynamo::aws {

using Digest = std::array<unsigned char, 32>;

[[nodiscard]] Digest Sha256(std::string_view data);
[[nodiscard]] Digest HmacSha256(std::string_view key, std::string_view data);
/// 64 hexadecimal digits in lower case.
[[nodiscard]] std::string Hex(Digest const& digest);
[[nodiscard]] inline std::string_view AsText(Digest const& digest) noexcept {
    return {reinterpret_cast<char const*>(digest.data()), digest.size()};
}

}  // namespace lddynamo::aws
