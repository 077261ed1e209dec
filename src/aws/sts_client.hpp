/// @file
/// The two calls of STS that give credentials.
/// Layer: aws. Source: docs.aws.amazon.com/STS/latest/APIReference (query protocol, 2011-06-15).
#pragma once

#include "aws/credentials_context.hpp"

#include <optional>
#include <string>

namespace lddynamo::aws {

struct AssumedRole {
    std::string role_arn{};
    std::string session_name{};  ///< Empty: "lddynamo-" and the time.
    std::string external_id{};   ///< AssumeRole only.
    std::optional<int> duration_seconds{};
};

/// AssumeRole, signed with `signer`. Blocks; three attempts.
/// @retval ErrorCode::kCredentials      STS refuses or does not answer; the message says which role
///                                      and why and has no secret.
/// @retval ErrorCode::kInvalidArgument  no region, or an endpoint URL that is no URL.
[[nodiscard]] Result<AwsCredentials> AssumeRole(CredentialsContext const& context,
                                                AssumedRole const& role,
                                                AwsCredentials const& signer);
/// AssumeRoleWithWebIdentity, not signed.
[[nodiscard]] Result<AwsCredentials> AssumeRoleWithWebIdentity(CredentialsContext const& context,
                                                               AssumedRole const& role,
                                                               Secret const& token);

}  // namespace lddynamo::aws
