/// @file
/// Large texts as compressed chunks that fit into rows, and back.
/// Layer: store. Pure: no I/O.
#pragma once

#include <lddynamo/result.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::store {

/// Bytes of a chunk: a row of 400,000 with room for names and the longest key.
inline constexpr std::size_t kChunkBytes = 380'000;

/// The most chunks that a text of that many bytes can need; zlib adds under 0.1 % to what it cannot
/// compress.
[[nodiscard]] constexpr std::size_t MaxChunks(std::size_t text_bytes) noexcept {
    return (text_bytes + text_bytes / 1000) / kChunkBytes + 1;
}

/// SHA-256 in 64 hexadecimal digits: tells whether a text is the stored one.
[[nodiscard]] std::string TextDigest(std::string_view text);

/// Compresses (zlib format, RFC 1950) and splits: one chunk or more.
/// @retval ErrorCode::kInternal  no memory.
[[nodiscard]] Result<std::vector<std::string>> PackText(std::string_view text);

/// The text of `size` bytes with that digest; never holds more than `size` bytes of output.
/// @retval ErrorCode::kInvalidData  the chunks hold anything else.
[[nodiscard]] Result<std::string> UnpackText(std::span<std::string_view const> chunks,
                                             std::size_t size, std::string_view digest);

}  // namespace lddynamo::store
