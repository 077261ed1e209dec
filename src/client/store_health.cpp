#include "client/store_health.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace lddynamo::client {
namespace {

constexpr std::string_view kFailed =
    "the feature store failed; known values stay in use, and defaults where nothing is known";

}  // namespace

Nanoseconds StoreHealth::Length(Pause pause, int failures) noexcept {
    Nanoseconds length = pause.first;
    for (int i = 1; i < failures && length < pause.longest; ++i) length *= 2;
    length = std::min(length, std::max(pause.first, pause.longest));
    return length / 2 +
           static_cast<Nanoseconds>(base::RandomUnit() * static_cast<double>(length - length / 2));
}

void StoreHealth::Succeeded() noexcept {
    if (!failing_.load(std::memory_order_relaxed)) return;
    {
        std::scoped_lock const lock(mutex_);
        if (!failing_.load(std::memory_order_relaxed)) return;
        failing_.store(false, std::memory_order_relaxed);
        failures_ = 0;
        last_failure_ = kExpired;
        known_after_.store(kExpired, std::memory_order_relaxed);
        unknown_after_.store(kExpired, std::memory_order_relaxed);
    }
    logger_.Info("the feature store answers again");
}

void StoreHealth::Failed(Error const& error, Nanoseconds started, Nanoseconds now) noexcept {
    {
        std::scoped_lock const lock(mutex_);
        if (started < last_failure_) return;
        last_failure_ = now;
        ++failures_;
        known_after_.store(now + Length(known_, failures_), std::memory_order_relaxed);
        unknown_after_.store(now + Length(unknown_, failures_), std::memory_order_relaxed);
        if (failing_.exchange(true, std::memory_order_relaxed)) return;
    }
    if (!logger_.Enabled(LogLevel::kWarn)) return;
    try {
        logger_.Warn(std::string(kFailed) + ": " + error.Describe());
    } catch (...) {
        logger_.Warn(kFailed);
    }
}

}  // namespace lddynamo::client
