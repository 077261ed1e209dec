/// @file
/// BigSegmentStatusTracker: whether a Big Segments store answers, and with recent data.
/// Layer: client.
#pragma once

#include <lddynamo/big_segment_store.hpp>
#include <lddynamo/client_options.hpp>
#include <lddynamo/clock.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

namespace lddynamo::client {

/// Asks the store for its metadata, one question at a time, and keeps what came of the last one. A
/// line is logged when the status changes.
///
/// Runs no thread: somebody has to call Poll now and then, and to tell of changes.
/// @par Thread safety  All methods may be called from any thread at once.
class BigSegmentStatusTracker {
  public:
    BigSegmentStatusTracker(std::shared_ptr<BigSegmentStore> store,
                            std::chrono::milliseconds stale_after, Clock const& clock,
                            Logger logger)
        : store_(std::move(store)),
          stale_after_(stale_after),
          clock_(clock),
          logger_(std::move(logger)) {}
    BigSegmentStatusTracker(BigSegmentStatusTracker const&) = delete;
    BigSegmentStatusTracker& operator=(BigSegmentStatusTracker const&) = delete;

    /// Asks when there was no answer yet; threads that do so at the same time share one question.
    /// @par Blocking  Then, as the store.
    [[nodiscard]] BigSegmentStoreStatus Get();
    /// Asks, unless somebody is doing so just now.
    /// @par Blocking  As the store.
    void Poll();

    enum class Event : std::uint8_t { kDue, kChange, kClosed };
    /// Waits for `due`, a change that TakeChange has not given yet, or Close.
    [[nodiscard]] Event Wait(std::chrono::steady_clock::time_point due);
    /// The status, if it is not the one that was given last.
    [[nodiscard]] std::optional<BigSegmentStoreStatus> TakeChange();

    /// From now on the store is not asked and the clock not looked at, not even by a question that
    /// is under way: its answer is dropped. Get goes on giving the last one.
    void Close() noexcept;
    [[nodiscard]] bool IsClosed() const noexcept;

  private:
    using Answer = Result<std::optional<BigSegmentTime>>;
    /// Asks; `lock` is released meanwhile. Nobody else may be asking, nor may it be closed.
    void Ask(std::unique_lock<std::mutex>& lock);
    [[nodiscard]] BigSegmentStoreStatus Judge(std::optional<Answer> const& answer) const noexcept;
    void LogChange(std::optional<BigSegmentStoreStatus> const& before,
                   BigSegmentStoreStatus const& after, Error const* error) const noexcept;

    std::shared_ptr<BigSegmentStore> const store_;  // shared with the user
    std::chrono::milliseconds const stale_after_;
    Clock const& clock_;  // not to be touched once closed_
    Logger const logger_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by mutex_:
    std::optional<BigSegmentStoreStatus> status_;
    std::optional<BigSegmentStoreStatus> told_;
    bool asking_ = false;
    bool closed_ = false;
};

}  // namespace lddynamo::client
