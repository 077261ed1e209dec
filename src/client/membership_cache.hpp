/// @file
/// MembershipCache: which Big Segments contexts are in, for a while.
/// Layer: client.
#pragma once

#include <lddynamo/big_segment_store.hpp>
#include <lddynamo/clock.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace lddynamo::client {

/// nullptr: the store could not say. Shared by the cache and every evaluation that uses it.
using SharedMembership = std::shared_ptr<BigSegmentMembership const>;

/// Keeps the most recently used memberships. Threads that need the same key at the same time share
/// one query; a query that failed is not kept.
/// @par Thread safety  All methods may be called from any thread at once.
/// @par Blocking       As the query; no lock is held during one.
class MembershipCache {
  public:
    using Query = std::function<SharedMembership(std::string_view context_key)>;

    /// @param capacity  in contexts; 0: keeps nothing.
    /// @param lifetime  from the start of the query on: nothing is used for longer.
    MembershipCache(std::size_t capacity, std::chrono::nanoseconds lifetime, Clock const& clock)
        : capacity_(capacity), lifetime_(lifetime), clock_(clock) {}
    MembershipCache(MembershipCache const&) = delete;
    MembershipCache& operator=(MembershipCache const&) = delete;

    /// What is kept for the key, else what `query` says. Throws what `query` throws; those who
    /// waited for it are then told of a failure.
    [[nodiscard]] SharedMembership Get(std::string_view context_key, Query const& query);

  private:
    using Time = std::chrono::steady_clock::time_point;
    struct Entry {
        std::string key{};
        SharedMembership membership{};
        Time expires{};
    };
    struct Flight {
        std::condition_variable landed{};
        bool done = false;
        SharedMembership membership{};
    };
    using Flights = std::map<std::string, std::shared_ptr<Flight>, std::less<>>;
    class Landing;

    [[nodiscard]] SharedMembership Find(std::string_view key, Time now);
    void Keep(std::string_view key, SharedMembership membership, Time expires);
    void Drop(std::list<Entry>::iterator entry);

    std::size_t const capacity_;
    std::chrono::nanoseconds const lifetime_;
    Clock const& clock_;
    std::mutex mutex_;
    // Guarded by mutex_, as are the flights:
    std::list<Entry> entries_;                                      // the most recently used first
    std::map<std::string_view, std::list<Entry>::iterator> index_;  // keys live in the entries
    Flights flights_;
};

}  // namespace lddynamo::client
