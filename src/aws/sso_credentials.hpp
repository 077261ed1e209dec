/// @file
/// Credentials of a role in IAM Identity Center (SSO).
/// Layer: aws.
#pragma once

#include "aws/credentials_context.hpp"
#include "aws/profile_plan.hpp"

namespace lddynamo::aws {

/// Asks the SSO portal, with the token of FetchSsoToken.
/// @retval ErrorCode::kAccessDenied  somebody has to log in.
/// @retval ErrorCode::kCredentials   anything else.
[[nodiscard]] Result<AwsCredentials> FetchFromSso(CredentialsContext const& context,
                                                  ProfileSso const& sso);

}  // namespace lddynamo::aws
