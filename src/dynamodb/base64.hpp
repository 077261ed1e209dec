/// @file
/// Base64 (RFC 4648, standard alphabet with padding), as DynamoDB's JSON writes binary values.
/// Layer: dynamodb.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lddynamo::dynamodb {

/// Appends the text of `bytes`.
void AppendBase64(std::string& out, std::string_view bytes);
/// The bytes; nullopt when `text` has another character, a wrong length or misplaced padding.
[[nodiscard]] std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace lddynamo::dynamodb
