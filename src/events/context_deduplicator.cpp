#include "events/context_deduplicator.hpp"

namespace lddynamo::events {

bool ContextDeduplicator::Notice(std::string_view key, std::uint64_t now) {
    if (capacity_ == 0) return false;
    if (auto const found = places_.find(key); found != places_.end()) {
        order_.splice(order_.begin(), order_, found->second);
        if (now - found->second->since < fresh_for_) return true;
        found->second->since = now;
        return false;
    }
    if (places_.size() >= capacity_) {
        places_.erase(order_.back().key);
        order_.pop_back();
    }
    order_.push_front({std::string(key), now});
    try {
        places_.emplace(order_.front().key, order_.begin());
    } catch (...) {
        order_.pop_front();
        throw;
    }
    return false;
}

void ContextDeduplicator::Clear() noexcept {
    places_.clear();
    order_.clear();
}

}  // namespace lddynamo::events
