/// @file
/// AwsCredentials, CredentialsProvider and AwsConfig: who signs, for which region, to which
/// endpoint. Layer: aws.
///
/// Names and precedence are those of all AWS SDKs (docs.aws.amazon.com/sdkref/latest/guide).
#pragma once

#include <lddynamo/clock.hpp>
#include <lddynamo/environment.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>
#include <lddynamo/secret.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lddynamo {

struct AwsCredentials {
    std::string access_key_id{};
    Secret secret_access_key{};
    Secret session_token{};  ///< Empty for long-term keys.
    std::optional<std::chrono::system_clock::time_point> expiration{};
    std::string account_id{};  ///< Empty when not known.
    std::string source{};      ///< Where they came from, for people: "environment", "profile dev".
};

/// One way to get credentials.
/// @par Thread safety  Implementations must allow concurrent calls.
/// @par Blocking       May block on files or the network.
class CredentialsProvider {
  public:
    CredentialsProvider() = default;
    CredentialsProvider(CredentialsProvider const&) = delete;
    CredentialsProvider& operator=(CredentialsProvider const&) = delete;
    virtual ~CredentialsProvider() = default;

    /// @return the credentials, or nullopt when this way is not configured at all (the chain goes
    /// on).
    /// @retval ErrorCode::kCredentials  configured, but it does not work (the chain stops).
    [[nodiscard]] virtual Result<std::optional<AwsCredentials>> GetCredentials() = 0;
    /// One word or two for "tried:" lists, such as "environment".
    [[nodiscard]] virtual std::string Name() const = 0;
};

/// Credentials given in code.
[[nodiscard]] std::shared_ptr<CredentialsProvider> MakeStaticCredentials(
    AwsCredentials credentials);
/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN (older: AWS_SECURITY_TOKEN),
/// AWS_CREDENTIAL_EXPIRATION, AWS_ACCOUNT_ID. One of the two keys without the other is an error.
/// @param environment  must outlive the provider.
[[nodiscard]] std::shared_ptr<CredentialsProvider> MakeEnvironmentCredentials(
    Environment const& environment);
/// Static keys of a profile in the shared credentials and config files. A profile that needs
/// another way (role_arn, sso_session, credential_process, ...) is an error that names it.
/// @param profile      empty: AWS_PROFILE, else "default".
/// @param environment  must outlive the provider.
[[nodiscard]] std::shared_ptr<CredentialsProvider> MakeProfileCredentials(
    std::string profile, Environment const& environment);
/// Asks each in turn; the first that has credentials wins, the first that fails ends it. When none
/// has any, GetCredentials fails with kCredentials and a message that lists what was tried.
[[nodiscard]] std::shared_ptr<CredentialsProvider> MakeCredentialsChain(
    std::vector<std::shared_ptr<CredentialsProvider>> providers);
/// Remembers credentials until they are near their end (5 to 60 minutes before, by lifetime); one
/// thread refreshes while others go on with the old ones; a refresh that fails leaves the old ones
/// in use.
/// @param clock  must outlive the provider.
[[nodiscard]] std::shared_ptr<CredentialsProvider> MakeCachedCredentials(
    std::shared_ptr<CredentialsProvider> inner, Clock& clock);

/// Whether requests go to the account's own host name, {account id}.ddb.{region}.amazonaws.com.
enum class AccountIdEndpointMode : std::uint8_t {
    kDisabled,   ///< Never.
    kPreferred,  ///< When the account id is known, and the region has such names.
    kRequired,   ///< Always; a request whose account id is not known fails.
};

/// What may be said in code; everything left empty is looked up when first needed.
struct AwsConfig {
    std::string region{};   ///< Else AWS_REGION, AWS_DEFAULT_REGION, the profile's `region`.
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
    /// Else: environment, then profile; cached.
    std::shared_ptr<CredentialsProvider> credentials{};
    int max_attempts = 0;  ///< Else AWS_MAX_ATTEMPTS, the profile's, else 4. 1 means no retry.
    Environment const* environment = nullptr;  ///< nullptr: the process's. Must outlive its users.
    Clock* clock = nullptr;                    ///< nullptr: the machine's. Must outlive its users.
    Logger logger{};
};

}  // namespace lddynamo
