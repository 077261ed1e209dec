/// @file
/// ClockSkew: how far this machine's clock is from the service's.
/// Layer: aws.
#pragma once

#include <lddynamo/http_transport.hpp>

#include <atomic>
#include <chrono>
#include <optional>
#include <string_view>

namespace lddynamo::aws {

using SkewDuration = std::chrono::system_clock::duration;

/// The answer's Date less the middle of the exchange; nullopt when Date is missing or unreadable,
/// when a cache answered (Age), or when the exchange took over 15 minutes.
[[nodiscard]] std::optional<SkewDuration> MeasureSkew(
    HttpHeaders const& headers, std::chrono::system_clock::time_point sent,
    std::chrono::system_clock::time_point received);

/// Whether the service may have said this because of the clock, and the clock was far enough off
/// (over 4 minutes) from what the request was signed with for that to be the reason.
[[nodiscard]] bool IsSkewError(std::string_view service_code, SkewDuration signed_with,
                               SkewDuration measured) noexcept;

/// What to add to the machine's time when signing.
/// @par Thread safety  All methods may be called from any thread at once.
class ClockSkew {
  public:
    [[nodiscard]] SkewDuration Get() const noexcept {
        return SkewDuration(ticks_.load(std::memory_order_relaxed));
    }
    void Set(SkewDuration skew) noexcept {
        ticks_.store(skew.count(), std::memory_order_relaxed);
        is_known_.store(true, std::memory_order_relaxed);
    }
    /// Whether it was ever measured.
    [[nodiscard]] bool IsKnown() const noexcept {
        return is_known_.load(std::memory_order_relaxed);
    }

  private:
    std::atomic<bool> is_known_{false};
    std::atomic<SkewDuration::rep> ticks_{0};
};

}  // namespace lddynamo::aws
