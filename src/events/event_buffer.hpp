/// @file
/// EventBuffer: the events until they are sent, so many and no more.
/// Layer: events.
#pragma once

#include "events/event.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace lddynamo::events {

/// @par Thread safety  None.
class EventBuffer {
  public:
    explicit EventBuffer(std::size_t capacity) : capacity_(capacity) {}

    /// Keeps the event, or drops it when there is no room.
    void Add(Event event);
    [[nodiscard]] std::vector<Event> Take() noexcept { return std::exchange(events_, {}); }
    /// How many were dropped since this was last asked.
    [[nodiscard]] std::uint64_t TakeDropped() noexcept { return std::exchange(dropped_, 0); }
    /// True the first time after something was dropped, and never again.
    [[nodiscard]] bool ShouldWarn() noexcept;

  private:
    std::size_t capacity_;
    std::vector<Event> events_;
    std::uint64_t dropped_ = 0;
    bool overflowed_ = false;
    bool warned_ = false;
};

}  // namespace lddynamo::events
