/// @file
/// StoreHealth: whether a store that failed may be asked again.
/// Layer: client.
#pragma once

#include "client/item.hpp"

#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <atomic>
#include <mutex>

namespace lddynamo::client {

/// After a failure, the store is left alone for a while that grows from failure to failure. For
/// what has a last known value the pause may be long; for what has none it is short, since every
/// call in it gets nothing but its default. One line is logged when an outage starts and one when
/// it ends.
/// @par Thread safety  All methods may be called from any thread at once.
class StoreHealth {
  public:
    /// A pause of half of `first` to `first`, doubled with each failure up to `longest`.
    struct Pause {
        Nanoseconds first = 0;
        Nanoseconds longest = 0;
    };
    StoreHealth(Pause known, Pause unknown, Logger logger)
        : known_(known), unknown_(unknown), logger_(std::move(logger)) {}

    /// Whether something with a last known value may be read.
    [[nodiscard]] bool MayReadKnown(Nanoseconds now) const noexcept {
        return now >= known_after_.load(std::memory_order_relaxed);
    }
    /// Whether something without one may be read.
    [[nodiscard]] bool MayReadUnknown(Nanoseconds now) const noexcept {
        return now >= unknown_after_.load(std::memory_order_relaxed);
    }
    void Succeeded() noexcept;
    /// @param started  when the read that failed was begun: reads that were under way together
    /// count once.
    void Failed(Error const& error, Nanoseconds started, Nanoseconds now) noexcept;

  private:
    [[nodiscard]] static Nanoseconds Length(Pause pause, int failures) noexcept;

    Pause const known_;
    Pause const unknown_;
    Logger const logger_;
    std::atomic<Nanoseconds> known_after_{kExpired};
    std::atomic<Nanoseconds> unknown_after_{kExpired};
    std::atomic<bool> failing_{false};
    std::mutex mutex_;
    int failures_ = 0;                     // guarded by mutex_
    Nanoseconds last_failure_ = kExpired;  // guarded by mutex_
};

}  // namespace lddynamo::client
