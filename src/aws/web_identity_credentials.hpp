/// @file
/// Credentials for a token that an identity provider wrote into a file (EKS and others).
/// Layer: aws. Source: docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
#pragma once

#include "aws/credentials_context.hpp"
#include "aws/sts_client.hpp"

#include <memory>
#include <string>

namespace lddynamo::aws {

/// Of AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME.
[[nodiscard]] std::shared_ptr<CredentialsProvider> MakeWebIdentityCredentials(
    SharedContext context);
/// Reads the token file, anew each time because it is rotated, and asks STS.
[[nodiscard]] Result<AwsCredentials> FetchWebIdentity(CredentialsContext const& context,
                                                      AssumedRole const& role,
                                                      std::string const& token_file);

}  // namespace lddynamo::aws
