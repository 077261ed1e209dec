/// @file
/// The access token that `aws sso login` left in its cache, refreshed when it is about to end.
/// Layer: aws. Source: docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
#pragma once

#include "aws/credentials_context.hpp"
#include "aws/profile_plan.hpp"

#include <string>

namespace lddynamo::aws {

/// ~/.aws/sso/cache/<SHA-1 of the session's name, or of the start URL>.json; empty without HOME.
[[nodiscard]] std::string SsoTokenPath(Environment const& environment, ProfileSso const& sso);

/// Reads the token's file, each time. With [sso-session] and less than 15 minutes left it asks for
/// a new one and writes it back, mode 0600 and as a whole.
/// @retval ErrorCode::kAccessDenied  no token, or it is over: somebody has to log in.
[[nodiscard]] Result<Secret> FetchSsoToken(CredentialsContext const& context,
                                           ProfileSso const& sso);

/// What to tell people whose token is over or refused.
[[nodiscard]] std::string SsoLoginHint(ProfileSso const& sso);

}  // namespace lddynamo::aws
