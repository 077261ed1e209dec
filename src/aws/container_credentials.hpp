/// @file
/// Credentials of a container: ECS tasks and EKS Pod Identity.
/// Layer: aws. Source: docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
#pragma once

#include "aws/credentials_context.hpp"

#include <memory>
#include <optional>
#include <string>

namespace lddynamo::aws {

[[nodiscard]] std::shared_ptr<CredentialsProvider> MakeContainerCredentials(SharedContext context);

/// What AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, else AWS_CONTAINER_CREDENTIALS_FULL_URI names.
/// Plain http only to localhost, loopback addresses and the addresses of ECS and EKS.
/// @return nullopt when neither is set.
/// @retval ErrorCode::kCredentials  a URL that cannot be used.
[[nodiscard]] Result<std::optional<std::string>> ContainerUrl(Environment const& environment);

}  // namespace lddynamo::aws
