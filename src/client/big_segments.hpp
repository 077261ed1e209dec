/// @file
/// BigSegments: a client's Big Segments store, its memberships cached and its status watched.
/// Layer: client.
#pragma once

#include "base/worker.hpp"
#include "client/big_segment_status.hpp"
#include "client/membership_cache.hpp"

#include <lddynamo/big_segment_store.hpp>
#include <lddynamo/client_options.hpp>
#include <lddynamo/clock.hpp>
#include <lddynamo/evaluation_detail.hpp>
#include <lddynamo/logger.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace lddynamo::client {

/// What is known of one context: the membership, nullptr if the store could not say, and how far
/// it is to be trusted.
struct BigSegmentAnswer {
    SharedMembership membership{};
    EvaluationReason::BigSegmentsStatus status = EvaluationReason::BigSegmentsStatus::kNone;
};

/// Behaves as the Go SDK's BigSegmentStoreWrapper, except that threads which need the first status
/// at the same time ask once, and the cache forgets at once what does not fit.
///
/// Owns a thread, which asks for the status in each interval (the first time when one has passed)
/// and calls on_status. Everything else happens on the callers' threads.
/// @par Thread safety  All methods may be called from any thread at once.
class BigSegments {
  public:
    /// @param options  with a store.
    /// @param clock    outlives this object; intervals are waited for by the machine's.
    /// Throws std::system_error when there can be no thread.
    BigSegments(BigSegmentOptions options, Clock const& clock, Logger logger);
    BigSegments(BigSegments const&) = delete;
    BigSegments& operator=(BigSegments const&) = delete;
    /// Close.
    ~BigSegments();

    /// What the store says of a context, of any kind, of that key; cached. After Close: what is
    /// cached still, or kStoreError.
    /// @par Blocking  As the store, so never call it under an Epochs::Guard.
    [[nodiscard]] BigSegmentAnswer Fetch(std::string_view context_key);
    /// @par Blocking  As the store when it never answered before.
    [[nodiscard]] BigSegmentStoreStatus GetStatus() { return watch_->tracker.Get(); }
    /// Ends the thread. A call of the store that lasts longer than a second is left to end by
    /// itself; it then touches nothing but the store. Harmless when repeated.
    void Close() noexcept;

  private:
    /// What the thread works on; it may outlive this object, though not its Close.
    struct Watch {
        BigSegmentStatusTracker tracker;
        std::chrono::milliseconds const interval;
        std::function<void(BigSegmentStoreStatus const&)> const on_status;
        Logger const logger;
    };
    static void Run(Watch& watch) noexcept;
    static void Tell(Watch& watch) noexcept;
    [[nodiscard]] SharedMembership Query(std::string_view context_key);

    std::shared_ptr<BigSegmentStore> const store_;  // shared with the user
    Clock const& clock_;
    Logger const logger_;
    MembershipCache cache_;
    std::atomic<std::int64_t> quiet_until_;  // steady nanoseconds; a bound on what is logged
    std::shared_ptr<Watch> const watch_;     // shared with the thread
    base::Worker worker_;
};

}  // namespace lddynamo::client
