/// @file
/// AwsConfig and the default credentials: who signs, for which region, to which endpoint.
/// Layer: aws.
///
/// Names and precedence are those of all AWS SDKs (docs.aws.amazon.com/sdkref/latest/guide).
#pragma once

#include <lddynamo/clock.hpp>
#include <lddynamo/credentials.hpp>
#include <lddynamo/environment.hpp>
#include <lddynamo/http_transport.hpp>
#include <lddynamo/logger.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace lddynamo {

/// Whether requests go to the account's own host name, {account id}.ddb.{region}.amazonaws.com.
enum class AccountIdEndpointMode : std::uint8_t {
    kDisabled,   ///< Never.
    kPreferred,  ///< When the account id is known, and the region has such names.
    kRequired,   ///< Always; a request whose account id is not known fails.
};

/// What may be said in code; everything left empty is looked up when first needed.
struct AwsConfig {
    std::string region{};  ///< Else AWS_REGION, AWS_DEFAULT_REGION, the profile's `region`.
    /// Where none of these says the region, ask the instance metadata service of EC2 for it, as the
    /// AWS_EC2_METADATA_* and AWS_METADATA_SERVICE_* variables say. Off by default, because where
    /// there is no such service the first operation waits for it in vain: two of its timeouts (2 s)
    /// that no deadline of the operation covers.
    bool region_from_instance_metadata = false;
    std::string profile{};  ///< Else AWS_PROFILE, else "default". Named here, it wins over the
                            ///< environment's keys.
    /// Else AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, the profile's `services` section, its
    /// `endpoint_url`, then AWS's own endpoint of the region.
    std::string endpoint_url{};
    /// Else AWS_USE_FIPS_ENDPOINT, the profile's `use_fips_endpoint`, else no. Together with an
    /// endpoint URL it is an error (kInvalidArgument).
    std::optional<bool> use_fips{};
    /// Else AWS_USE_DUALSTACK_ENDPOINT, the profile's `use_dualstack_endpoint`, else no. Together
    /// with an endpoint URL it is an error (kInvalidArgument).
    std::optional<bool> use_dual_stack{};
    /// Else AWS_ACCOUNT_ID_ENDPOINT_MODE, the profile's `account_id_endpoint_mode`, else
    /// kDisabled, where AWS's SDKs have kPreferred: firewalls and VPC endpoints often let only
    /// dynamodb.{region} through. The account id is that of a table given as an ARN, of the
    /// credentials, AWS_ACCOUNT_ID, or the profile's `aws_account_id`. Without effect on an
    /// endpoint URL.
    std::optional<AccountIdEndpointMode> account_id_endpoint_mode{};
    /// Else MakeDefaultCredentials.
    std::shared_ptr<CredentialsProvider> credentials{};
    /// Else AWS_MAX_ATTEMPTS, the profile's, else 4, in retry mode `legacy` 10. 1 means no retry.
    int max_attempts = 0;
    Environment const* environment = nullptr;  ///< nullptr: the process's. Must outlive its users.
    Clock* clock = nullptr;                    ///< nullptr: the machine's. Must outlive its users.
    Logger logger{};
};

/// What every AWS SDK does when no credentials are given in code, cached: environment, web identity
/// (AWS_WEB_IDENTITY_TOKEN_FILE), profile (keys, role, web identity, SSO, credential_process),
/// container, instance metadata. A profile named in `config` skips the environment's keys. The
/// first that is set up decides; if it fails, so does the chain. Nothing is read, sent or made
/// before the first GetCredentials, and then only what the answer needs.
/// @param config     its region, profile, environment, clock and logger are used, and whether the
///                   region may be asked of the instance.
/// @param transport  for STS, SSO, container and instance metadata; shared with its other users.
///                   nullptr: one of its own, made when first needed.
[[nodiscard]] std::shared_ptr<CredentialsProvider> MakeDefaultCredentials(
    AwsConfig const& config, std::shared_ptr<HttpTransport> transport = nullptr);
/// The profile's part of it. A named profile that does not exist is an error.
[[nodiscard]] std::shared_ptr<CredentialsProvider> MakeProfileCredentials(
    AwsConfig const& config, std::shared_ptr<HttpTransport> transport = nullptr);

}  // namespace lddynamo
