/// @file
/// Schedule: when the event thread has something to do.
/// Layer: events.
#pragma once

#include <chrono>
#include <optional>

namespace lddynamo::events {

/// Counts in steady time, and from when it is asked: after a pause of the process, however long,
/// everything is due once.
/// @par Thread safety  None.
class Schedule {
  public:
    using Time = std::chrono::steady_clock::time_point;
    struct Intervals {
        std::chrono::milliseconds flush{};
        std::chrono::milliseconds forget_contexts{};
        std::optional<std::chrono::milliseconds> statistics{};  ///< Empty: never.
    };
    struct Due {
        bool flush = false;
        bool forget_contexts = false;
        bool statistics = false;
        [[nodiscard]] bool Any() const noexcept { return flush || forget_contexts || statistics; }
    };

    Schedule(Time now, Intervals intervals) noexcept;
    /// What is due, and is due again an interval after `now`.
    [[nodiscard]] Due TakeDue(Time now) noexcept;
    /// When something is due next.
    [[nodiscard]] Time Next() const noexcept;

  private:
    struct Timer {
        std::chrono::milliseconds interval{};
        Time next{};
        [[nodiscard]] bool Take(Time now) noexcept;
    };
    [[nodiscard]] static Timer Start(Time now, std::chrono::milliseconds interval) noexcept;

    Timer flush_;
    Timer forget_contexts_;
    std::optional<Timer> statistics_;
};

}  // namespace lddynamo::events
