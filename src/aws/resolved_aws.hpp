/// @file
/// ResolvedAws: an AwsConfig with everything looked up.
/// Layer: aws.
#pragma once

#include <lddynamo/aws.hpp>
#include <lddynamo/environment.hpp>
#include <lddynamo/result.hpp>

#include "aws/endpoint.hpp"
#include "aws/profile_files.hpp"
#include "aws/retry.hpp"
#include "aws/service_endpoint.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace lddynamo::aws {

/// Checks what is said in code, without looking anything up.
/// @retval ErrorCode::kInvalidArgument
[[nodiscard]] Status CheckAwsConfig(AwsConfig const& config);

/// RetrySettings that read the profile files only once a request has failed, when nothing before
/// needed those files: a cold start that succeeds must not pay for them.
/// @par Thread safety  All methods may be called from any thread at once.
class RetrySettingsSource {
  public:
    RetrySettingsSource(RetrySettings known, bool is_complete, int in_code,
                        Environment const& environment, std::shared_ptr<ProfileFiles> files,
                        Logger logger);
    /// What is known without reading a file.
    [[nodiscard]] RetrySettings Known() const;
    [[nodiscard]] bool IsComplete() const;
    /// All of it; files that cannot be understood are reported to the logger and otherwise ignored.
    [[nodiscard]] RetrySettings Complete();

  private:
    int const in_code_;
    Environment const& environment_;
    std::shared_ptr<ProfileFiles> const files_;
    Logger const logger_;
    mutable std::mutex mutex_;
    RetrySettings settings_;  // guarded by mutex_
    bool is_complete_;        // guarded by mutex_
};

/// What account-based endpoints are made from, once credentials are there.
struct AccountEndpoints {
    AccountIdEndpointMode mode = AccountIdEndpointMode::kDisabled;
    std::string region{};
    EndpointSettings settings{};
    /// AWS_ACCOUNT_ID or the profile's; for credentials that name no account.
    std::string account_id{};
};

struct ResolvedAws {
    Endpoint endpoint{};
    std::optional<AccountEndpoints> account_endpoints{};  ///< nullopt: `endpoint` is for all.
    std::string user_agent{};                             ///< With AWS_SDK_UA_APP_ID.
    std::shared_ptr<CredentialsProvider> credentials{};   ///< Cached.
    std::shared_ptr<RetrySettingsSource> retry{};
    std::string ca_file{};  ///< AWS_CA_BUNDLE or the profile's ca_bundle; looked up for https only.

    /// Where a request goes. @param signer  those that sign it. @param table  a name or an ARN.
    /// @retval ErrorCode::kInvalidArgument  an account id is required, and not known or no label.
    [[nodiscard]] Result<Endpoint> EndpointFor(AwsCredentials const& signer,
                                               std::string_view table) const;
};

/// Looks up region, endpoint, credentials provider and retry settings; asks for no credentials yet.
/// The profile files are read only if something is found neither in code nor in the environment.
/// @param environment, clock  must outlive the result.
/// @param transport  for credentials and the instance's region; nullptr: one of its own, made when
///                   first needed. @param stop  ends what is asked of the network for these.
/// @retval ErrorCode::kInvalidArgument  no region, or a setting that is malformed.
/// @retval ErrorCode::kIo               a profile file that a variable names cannot be read.
[[nodiscard]] Result<ResolvedAws> ResolveAws(AwsConfig const& config,
                                             Environment const& environment, Clock& clock,
                                             std::shared_ptr<HttpTransport> transport = nullptr,
                                             std::stop_token stop = {});

}  // namespace lddynamo::aws
