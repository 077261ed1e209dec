/// @file
/// Credentials of a profile, by whatever way it names.
/// Layer: aws.
#pragma once

#include <lddynamo/aws.hpp>

#include "aws/credentials_context.hpp"

#include <memory>

namespace lddynamo::aws {

/// The first GetCredentials takes what the context's files have read already, later ones read anew.
[[nodiscard]] std::shared_ptr<CredentialsProvider> MakeProfileCredentials(SharedContext context);

}  // namespace lddynamo::aws
