/// @file
/// Reading JSON text, and saying where it is wrong.
/// Layer: json.
#pragma once

#include <lddynamo/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::json {

/// The deepest nesting of arrays and objects that is read.
inline constexpr std::size_t kMaxDepth = 512;

/// The unescaped names of an object's top-level members, in order, duplicates included. The whole
/// document is validated.
/// @retval ErrorCode::kInvalidData  not JSON, or no object; the message has line and column.
[[nodiscard]] Result<std::vector<std::string>> TopLevelNames(std::string_view text);

/// A kInvalidData error: "line L, column C: cause", counted from 1, columns in characters.
/// @param at  inside `text`, or its end.
[[nodiscard]] Error ErrorAt(std::string_view text, char const* at, std::string_view cause);

}  // namespace lddynamo::json
