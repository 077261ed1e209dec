/// @file
/// Packing of requests and unpacking of answers with Content-Encoding: gzip.
/// Layer: http. Source: RFC 1952
#pragma once

#include <lddynamo/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace lddynamo::http {

/// The text of all members of `packed`, lengths and checksums verified.
/// @param max_bytes  of the text; never more memory is used than little over that.
/// @retval ErrorCode::kInvalidData  not gzip, damaged, or cut.
/// @retval ErrorCode::kTooLarge     the text is longer.
[[nodiscard]] Result<std::string> Gunzip(std::string_view packed, std::size_t max_bytes);

/// `text` as one gzip member, packed fast rather than small.
/// @retval ErrorCode::kTooLarge  over 1 GB.
/// @retval ErrorCode::kInternal  no memory.
[[nodiscard]] Result<std::string> Gzip(std::string_view text);

}  // namespace lddynamo::http
