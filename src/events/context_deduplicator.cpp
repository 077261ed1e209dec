#include "events/context_deduplicator.hpp"

namespace lddynamo::events {

bool ContextDeduplicator::Notice(std::string_view key) {
    if (capacity_ == 0) return false;
    if (auto const found = places_.find(key); found != places_.end()) {
        order_.splice(order_.begin(), order_, found->second);
        return true;
    }
    if (places_.size() >= capacity_) {
        places_.erase(order_.back());
        order_.pop_back();
    }
    order_.emplace_front(key);
    try {
        places_.emplace(order_.front(), order_.begin());
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
