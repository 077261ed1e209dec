/// @file
/// AwsCredentials and CredentialsProvider: who signs. Layer: aws.
///
/// Names and precedence are those of all AWS SDKs
/// (docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html).
#pragma once

#include <lddynamo/clock.hpp>
#include <lddynamo/environment.hpp>
#include <lddynamo/result.hpp>
#include <lddynamo/secret.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lddynamo {

struct AwsCredentials {
    std::string access_key_id{};
    Secret secret_access_key{};
    Secret session_token{};  ///< Empty for long-term keys.
    std::optional<std::chrono::system_clock::time_point> expiration{};
    std::string account_id{};  ///< Empty when not known.
    /// Where they came from, for people: "environment", "profile dev", "profile dev: role
    /// arn:aws:iam::123456789012:role/x from instance metadata".
    std::string source{};
};

/// What a provider answers: credentials, or why it has none. Used like a std::optional.
class CredentialsAnswer {
  public:
    CredentialsAnswer(AwsCredentials credentials) : credentials_(std::move(credentials)) {}
    CredentialsAnswer(std::nullopt_t) {}
    /// This way is not set up; the chain goes on.
    /// @param reason  for people, one line without secrets: "AWS_ACCESS_KEY_ID is not set".
    [[nodiscard]] static CredentialsAnswer None(std::string reason) {
        CredentialsAnswer answer(std::nullopt);
        answer.reason_ = std::move(reason);
        return answer;
    }
    [[nodiscard]] bool HasCredentials() const noexcept { return credentials_.has_value(); }
    explicit operator bool() const noexcept { return HasCredentials(); }
    /// Only when there are credentials.
    [[nodiscard]] AwsCredentials const& operator*() const { return *credentials_; }
    [[nodiscard]] AwsCredentials& operator*() { return *credentials_; }
    [[nodiscard]] AwsCredentials const* operator->() const { return &*credentials_; }
    [[nodiscard]] AwsCredentials* operator->() { return &*credentials_; }
    /// Why there are none; "not configured" when the provider did not say.
    [[nodiscard]] std::string const& Reason() const noexcept { return reason_; }

  private:
    std::optional<AwsCredentials> credentials_{};
    std::string reason_ = "not configured";
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

    /// @return the credentials (an AwsCredentials converts), or std::nullopt or
    ///         CredentialsAnswer::None(reason) when this way is not configured at all (the chain
    ///         goes on).
    /// @retval ErrorCode::kCredentials   configured, but it does not work (the chain stops). Where
    ///                                   there are older credentials, a cache goes on with them.
    /// @retval ErrorCode::kAccessDenied  refused until a person acts, for example logs in again:
    ///                                   a cache does not hide it behind older credentials.
    [[nodiscard]] virtual Result<CredentialsAnswer> GetCredentials() = 0;
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
/// Asks each in turn; the first that has credentials wins, the first that fails ends it. When none
/// has any, GetCredentials fails with kCredentials and a message that lists each and its reason.
[[nodiscard]] std::shared_ptr<CredentialsProvider> MakeCredentialsChain(
    std::vector<std::shared_ptr<CredentialsProvider>> providers);
/// Remembers credentials until they are near their end (5 to 60 minutes before, by lifetime); one
/// thread refreshes while others go on with the old ones. A refresh that fails leaves the old ones
/// in use, even after their end, and the source alone for 7 minutes; one that is refused
/// (kAccessDenied) is told at once, as kCredentials.
/// @param clock  must outlive the provider.
[[nodiscard]] std::shared_ptr<CredentialsProvider> MakeCachedCredentials(
    std::shared_ptr<CredentialsProvider> inner, Clock& clock);

}  // namespace lddynamo
