#include "events/event_buffer.hpp"

namespace lddynamo::events {

void EventBuffer::Add(Event event) {
    if (events_.size() >= capacity_) {
        ++dropped_;
        overflowed_ = true;
        return;
    }
    events_.push_back(std::move(event));
}

bool EventBuffer::ShouldWarn() noexcept {
    if (!overflowed_ || warned_) return false;
    warned_ = true;
    return true;
}

}  // namespace lddynamo::events
