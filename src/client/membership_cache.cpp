#include "client/membership_cache.hpp"

#include <utility>

namespace lddynamo::client {

/// Ends a flight however its query ends: nobody may wait for ever.
class MembershipCache::Landing {
  public:
    Landing(MembershipCache& cache, Flights::iterator flight) noexcept
        : cache_(cache), flight_(flight) {}
    Landing(Landing const&) = delete;
    Landing& operator=(Landing const&) = delete;
    ~Landing() { Land(nullptr); }

    void Land(SharedMembership membership) noexcept {
        if (landed_) return;
        landed_ = true;
        std::scoped_lock const lock(cache_.mutex_);
        Flight& flight = *flight_->second;
        flight.membership = std::move(membership);
        flight.done = true;
        flight.landed.notify_all();
        cache_.flights_.erase(flight_);
    }

  private:
    MembershipCache& cache_;
    Flights::iterator const flight_;
    bool landed_ = false;
};

SharedMembership MembershipCache::Get(std::string_view context_key, Query const& query) {
    Time const started = clock_.SteadyNow();
    Flights::iterator flight;
    {
        std::unique_lock lock(mutex_);
        if (auto found = Find(context_key, started)) return found;
        auto const other = flights_.find(context_key);
        if (other != flights_.end()) {
            std::shared_ptr<Flight> const shared = other->second;
            shared->landed.wait(lock, [&shared] { return shared->done; });
            return shared->membership;
        }
        flight = flights_.emplace(std::string(context_key), std::make_shared<Flight>()).first;
    }
    Landing landing(*this, flight);
    SharedMembership const membership = query(context_key);
    // Kept before it lands: who comes next finds either the flight or the entry.
    if (membership) Keep(context_key, membership, started + lifetime_);
    landing.Land(membership);
    return membership;
}

SharedMembership MembershipCache::Find(std::string_view key, Time now) {
    auto const found = index_.find(key);
    if (found == index_.end()) return nullptr;
    auto const entry = found->second;
    if (entry->expires <= now) {
        Drop(entry);
        return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, entry);
    return entry->membership;
}

void MembershipCache::Keep(std::string_view key, SharedMembership membership, Time expires) {
    if (capacity_ == 0) return;
    // Made outside of the lock, and moved in without a copy.
    std::list<Entry> fresh;
    fresh.push_back({std::string(key), std::move(membership), expires});
    std::scoped_lock const lock(mutex_);
    auto const known = index_.find(key);
    if (known != index_.end()) Drop(known->second);
    index_.emplace(fresh.front().key, fresh.begin());
    entries_.splice(entries_.begin(), fresh);
    if (entries_.size() > capacity_) Drop(std::prev(entries_.end()));
}

void MembershipCache::Drop(std::list<Entry>::iterator entry) {
    index_.erase(entry->key);
    entries_.erase(entry);
}

}  // namespace lddynamo::client
