/// @file
/// The JSON document that processes, containers and instance metadata hand out.
/// Layer: aws.
#pragma once

#include <lddynamo/credentials.hpp>

#include <string_view>

namespace lddynamo::aws {

/// Reads AccessKeyId, SecretAccessKey, the token, Expiration and AccountId.
/// @param token_name  "Token" or "SessionToken".
/// @param where       for messages: "container".
/// @retval ErrorCode::kCredentials  no JSON object, or a field is missing or malformed; the message
///                                  names it and never has its content.
[[nodiscard]] Result<AwsCredentials> ReadCredentialsDocument(std::string_view text,
                                                             std::string_view token_name,
                                                             std::string_view where);
/// "code: message" of an error document in either spelling; empty when there is none.
/// @param secret  was sent; what repeats a part of it is left out.
[[nodiscard]] std::string ErrorInDocument(std::string_view text, std::string_view secret);

}  // namespace lddynamo::aws
