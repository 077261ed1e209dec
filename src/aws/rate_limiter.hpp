/// @file
/// ClientRateLimiter: how fast a client may send in retry mode "adaptive".
/// Layer: aws. Source: docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html;
/// botocore's retries/adaptive.py, throttling.py and bucket.py, whose numbers it has.
#pragma once

#include <chrono>
#include <mutex>

namespace lddynamo::aws {

/// Time in seconds, from any beginning that stays the same.
using RateSeconds = double;

/// The rate that is tried next: CUBIC, as TCP has it.
class CubicRate {
  public:
    explicit CubicRate(RateSeconds start) noexcept : last_failure_(start) {}
    /// @return requests a second.
    [[nodiscard]] double OnSuccess(RateSeconds now) const noexcept;
    [[nodiscard]] double OnThrottled(double rate, RateSeconds now) noexcept;

  private:
    double max_rate_ = 0;
    double zero_point_ = 0;
    RateSeconds last_failure_;
};

/// The rate at which answers come in, smoothed over half seconds.
class RateMeter {
  public:
    explicit RateMeter(RateSeconds start) noexcept;
    /// Counts one answer. @return answers a second.
    double Record(RateSeconds now) noexcept;

  private:
    double rate_ = 0;
    double count_ = 0;
    RateSeconds last_bucket_;
};

/// Permits, refilled at a rate of at least one in two seconds.
class TokenBucket {
  public:
    TokenBucket(double rate, RateSeconds start) noexcept;
    void SetRate(double rate, RateSeconds now) noexcept;
    [[nodiscard]] double Rate() const noexcept { return fill_rate_; }
    [[nodiscard]] double Available() const noexcept { return available_; }
    /// Takes one. @return 0, or the seconds until there may be one.
    [[nodiscard]] double Take(RateSeconds now) noexcept;

  private:
    void Refill(RateSeconds now) noexcept;

    double fill_rate_ = 0;
    double capacity_ = 0;
    double available_ = 0;
    RateSeconds last_refill_;
};

/// Lets everything through until the first throttling answer.
/// @par Thread safety  All methods may be called from any thread at once.
class ClientRateLimiter {
  public:
    /// @param start  the time of the first use.
    explicit ClientRateLimiter(RateSeconds start) noexcept;
    /// Before each attempt. @return 0: send now; else ask again after that many seconds.
    [[nodiscard]] double Acquire(RateSeconds now);
    /// After each attempt, whatever came of it.
    void OnAnswer(bool is_throttled, RateSeconds now);
    /// Requests a second that are let through now; meaningless before the first throttling answer.
    [[nodiscard]] double Rate() const;

  private:
    mutable std::mutex mutex_;
    // Guarded by mutex_:
    CubicRate cubic_;
    RateMeter meter_;
    TokenBucket bucket_;
    bool is_enabled_ = false;
};

[[nodiscard]] inline RateSeconds ToRateSeconds(
    std::chrono::steady_clock::time_point time) noexcept {
    return std::chrono::duration<double>(time.time_since_epoch()).count();
}

}  // namespace lddynamo::aws
