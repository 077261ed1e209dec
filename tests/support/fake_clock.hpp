/// @file
/// FakeClock: time that moves only when told.
#pragma once

#include <lddynamo/clock.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>

namespace lddynamo::test_support {

/// Sleep moves the time and returns at once. Thread-safe.
class FakeClock final : public Clock {
  public:
    explicit FakeClock(std::chrono::system_clock::time_point start =
                           std::chrono::system_clock::time_point(std::chrono::seconds(1700000000)))
        : start_(start) {}
    [[nodiscard]] std::chrono::system_clock::time_point Now() const noexcept override {
        return start_ + std::chrono::duration_cast<std::chrono::system_clock::duration>(Elapsed());
    }
    [[nodiscard]] std::chrono::steady_clock::time_point SteadyNow() const noexcept override {
        return std::chrono::steady_clock::time_point(std::chrono::hours(1)) + Elapsed();
    }
    void Sleep(std::chrono::nanoseconds duration) override {
        if (duration.count() > 0) Advance(duration);
    }
    void Advance(std::chrono::nanoseconds duration) { elapsed_ += duration.count(); }
    [[nodiscard]] std::chrono::nanoseconds Elapsed() const noexcept {
        return std::chrono::nanoseconds(elapsed_.load());
    }

  private:
    std::chrono::system_clock::time_point start_;
    std::atomic<std::int64_t> elapsed_{0};
};

}  // namespace lddynamo::test_support
