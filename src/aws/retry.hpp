/// @file
/// When and how often a failed request is sent again: AWS's "standard" retry mode as of 2026.
/// Layer: aws. Source: docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
#pragma once

#include <lddynamo/environment.hpp>
#include <lddynamo/http_transport.hpp>
#include <lddynamo/result.hpp>

#include "aws/profile_files.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace lddynamo::aws {

enum class RetryMode : std::uint8_t {
    kStandard,
    kLegacy,    ///< Up to 10 attempts, short pauses, no quota; 509 is retried too.
    kAdaptive,  ///< As kStandard; throttling answers also slow the client down.
};

struct RetrySettings {
    RetryMode mode = RetryMode::kStandard;
    int max_attempts = 4;  ///< The first included.
};

/// Max attempts from code, AWS_MAX_ATTEMPTS, the profile's `max_attempts`; the mode from
/// AWS_RETRY_MODE, the profile's `retry_mode`.
/// @param in_code  0: not given.
/// @param files    nullptr: only code and environment are asked.
/// @retval ErrorCode::kInvalidArgument  a number below 1, no number, or an unknown mode.
[[nodiscard]] Result<RetrySettings> ResolveRetrySettings(int in_code,
                                                         Environment const& environment,
                                                         ProfileFiles* files);
/// Whether code and environment say all of it, so that no file needs to be read.
[[nodiscard]] bool HasRetrySettings(int in_code, Environment const& environment);

enum class RetryClass : std::uint8_t { kNever, kTransient, kThrottling };

/// What an error answer of a service means. @param service_code  may be empty.
[[nodiscard]] RetryClass ClassifyAnswer(int http_status, std::string_view service_code,
                                        RetryMode mode) noexcept;
/// What a failed exchange means.
[[nodiscard]] RetryClass ClassifyFailure(ErrorCode code) noexcept;
/// Whether the code is one of AWS's throttling codes.
[[nodiscard]] bool IsThrottlingCode(std::string_view service_code) noexcept;

/// The value of x-amz-retry-after (milliseconds), when there is a sane one.
[[nodiscard]] std::optional<std::chrono::milliseconds> RetryAfter(HttpHeaders const& headers);

/// The pause after attempt number `attempt` (from 1).
/// @param fraction  uniform over [0, 1).
[[nodiscard]] std::chrono::milliseconds RetryDelay(
    RetryMode mode, RetryClass kind, int attempt, double fraction,
    std::optional<std::chrono::milliseconds> retry_after);

/// A budget that all operations of a client share, so that a broken service is not flooded with
/// retries.
/// @par Thread safety  All methods may be called from any thread at once.
class RetryQuota {
  public:
    static constexpr int kCapacity = 500;
    [[nodiscard]] static int Cost(RetryClass kind) noexcept {
        return kind == RetryClass::kThrottling ? 5 : 14;
    }
    /// False when there is not that much left.
    [[nodiscard]] bool Take(int cost);
    /// After a success: the cost of its last retry, or 1 when there was none.
    void GiveBack(int cost);
    [[nodiscard]] int Available() const;

  private:
    mutable std::mutex mutex_;
    int available_ = kCapacity;  // guarded by mutex_
};

}  // namespace lddynamo::aws
