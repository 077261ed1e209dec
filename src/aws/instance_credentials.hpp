/// @file
/// Credentials of an EC2 instance's role, from its metadata service.
/// Layer: aws.
#pragma once

#include "aws/credentials_context.hpp"

#include <memory>

namespace lddynamo::aws {

[[nodiscard]] std::shared_ptr<CredentialsProvider> MakeInstanceCredentials(SharedContext context);

}  // namespace lddynamo::aws
