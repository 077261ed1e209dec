/// @file
/// JSON text handled as text: what passes through lddynamo keeps its bytes.
/// Layer: json.
#pragma once

#include <lddynamo/result.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::json {

/// A member's unescaped name and its value's text as it stands in the document.
using RawMember = std::pair<std::string, std::string_view>;

/// The top-level members of an object, in order, duplicates included. The whole document is
/// validated.
/// @return views into `text`.
/// @retval ErrorCode::kInvalidData  not JSON, or no object; the message has line and column.
[[nodiscard]] Result<std::vector<RawMember>> SplitObject(std::string_view text);

/// The same for text that is known to be valid JSON, such as a value that SplitObject gave: much
/// faster.
/// @retval ErrorCode::kInvalidData  no object.
[[nodiscard]] Result<std::vector<RawMember>> SplitValidObject(std::string_view text);

/// The same text without insignificant white space; everything else byte for byte.
/// @param text  valid JSON.
[[nodiscard]] std::string Minify(std::string_view text);

/// Appends `text` as a JSON string with quotes: escapes `"`, `\`, control characters; the rest as
/// it is. Bytes that are no UTF-8 become U+FFFD.
void AppendQuoted(std::string& out, std::string_view text);

}  // namespace lddynamo::json
