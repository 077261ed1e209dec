#include <lddynamo/clock.hpp>

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
    void Sleep(std::chrono::nanoseconds duration) override {
        if (duration.count() > 0) std::this_thread::sleep_for(duration);
    }
};

}  // namespace

Clock& SystemClock() noexcept {
    static MachineClock clock;
    return clock;
}

}  // namespace lddynamo
