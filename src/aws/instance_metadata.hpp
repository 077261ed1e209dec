/// @file
/// How the instance metadata service (IMDS) of EC2 is to be reached.
/// Layer: aws. Source: docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html
#pragma once

#include "aws/profile_files.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace lddynamo::aws {

struct InstanceMetadataSettings {
    bool disabled = false;     ///< AWS_EC2_METADATA_DISABLED; nothing else is looked up then.
    bool v1_disabled = false;  ///< AWS_EC2_METADATA_V1_DISABLED, ec2_metadata_v1_disabled.
    std::string endpoint{};    ///< "http://169.254.169.254", without a slash at its end.
    std::string role{};  ///< AWS_EC2_INSTANCE_PROFILE_NAME, ec2_instance_profile_name; else asked.
    std::chrono::milliseconds timeout{1000};  ///< AWS_METADATA_SERVICE_TIMEOUT, for one exchange.
    int attempts = 1;                         ///< AWS_METADATA_SERVICE_NUM_ATTEMPTS.
};

/// Environment before profile; a URL before a mode (IPv4, IPv6).
/// @param endpoint, mode  said in code; empty: not said.
/// @retval ErrorCode::kCredentials  a mode, URL or number that is none.
[[nodiscard]] Result<InstanceMetadataSettings> ResolveInstanceMetadata(
    Environment const& environment, ProfileFiles& files, std::string_view endpoint = {},
    std::string_view mode = {});

}  // namespace lddynamo::aws
