/// @file
/// The default chain, sharing profile files that are read already.
/// Layer: aws.
#pragma once

#include "aws/credentials_context.hpp"

#include <memory>

namespace lddynamo::aws {

/// As MakeDefaultCredentials. @param is_profile_in_code  skips the environment's keys and token.
[[nodiscard]] std::shared_ptr<CredentialsProvider> MakeDefaultCredentials(
    SharedContext const& context, bool is_profile_in_code);

}  // namespace lddynamo::aws
