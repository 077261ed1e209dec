#include <lddynamo/clock.hpp>

#include <time.h>

#include <array>
#include <cstddef>
#include <new>
#include <thread>

namespace lddynamo {
namespace {

class MachineClock final : public Clock {
  public:
    [[nodiscard]] std::chrono::system_clock::time_point Now() const noexcept override {
        return std::chrono::system_clock::now();
    }
    [[nodiscard]] std::chrono::steady_clock::time_point SteadyNow() const noexcept override {
        return std::chrono::steady_clock::now();
    }
    [[nodiscard]] std::chrono::steady_clock::time_point CoarseSteadyNow() const noexcept override {
        // steady_clock is CLOCK_MONOTONIC; this is what the kernel's last tick left of it.
        timespec now{};
        if (::clock_gettime(CLOCK_MONOTONIC_COARSE, &now) != 0) return SteadyNow();
        return std::chrono::steady_clock::time_point(std::chrono::seconds(now.tv_sec) +
                                                     std::chrono::nanoseconds(now.tv_nsec));
    }
    void Sleep(std::chrono::nanoseconds duration) override {
        if (duration.count() > 0) std::this_thread::sleep_for(duration);
    }
};

}  // namespace

Clock& SystemClock() noexcept {
    // Never destroyed: threads that were left may ask it while the program ends.
    alignas(MachineClock) static std::array<std::byte, sizeof(MachineClock)> storage;
    static auto* const clock = new (storage.data()) MachineClock;
    return *clock;
}

}  // namespace lddynamo
