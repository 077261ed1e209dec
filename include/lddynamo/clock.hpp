/// @file
/// Clock: the time, injectable.
/// Layer: base.
#pragma once

#include <chrono>

namespace lddynamo {

/// Tells the time. Wall time signs requests; steady time measures ages and deadlines.
/// @par Thread safety  All methods may be called from any thread at once.
class Clock {
  public:
    Clock() = default;
    Clock(Clock const&) = delete;
    Clock& operator=(Clock const&) = delete;
    virtual ~Clock() = default;

    [[nodiscard]] virtual std::chrono::system_clock::time_point Now() const noexcept = 0;
    [[nodiscard]] virtual std::chrono::steady_clock::time_point SteadyNow() const noexcept = 0;
    /// SteadyNow, or a tick of the system (up to 10 ms) before it where that is cheaper to tell:
    /// for a look at a cache, which each evaluation takes. SteadyNow unless a clock does better.
    [[nodiscard]] virtual std::chrono::steady_clock::time_point CoarseSteadyNow() const noexcept {
        return SteadyNow();
    }
    /// Blocks the calling thread for `duration`; returns at once when it is not positive.
    virtual void Sleep(std::chrono::nanoseconds duration) = 0;
};

/// The machine's clock. Lives as long as the program.
[[nodiscard]] Clock& SystemClock() noexcept;

}  // namespace lddynamo
