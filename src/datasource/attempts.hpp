/// @file
/// Attempts: what a data source's thread and those who hurry or stop it have in common.
/// Layer: datasource.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace lddynamo::datasource {

/// One attempt after another, each with a stop of its own, which a request to begin anew ends too.
/// @par Thread safety  All methods may be called from any thread at once; Begin, Pause and
/// TakeRefresh are the data source's thread's.
class Attempts {
  public:
    /// A new one, which is what all refreshes until now asked for. Its token is stopped at once
    /// where the source is.
    [[nodiscard]] std::stop_token Begin();
    /// Whether a refresh was asked for since the last call, or Begin.
    [[nodiscard]] bool TakeRefresh();
    /// Waits; ends early when stopped or when a refresh is asked for.
    void Pause(std::chrono::milliseconds time);
    [[nodiscard]] bool Stopped() const;

    /// Ends the attempt under way, or the pause, and counts as a request to begin anew.
    void Refresh() noexcept;
    /// Ends everything.
    void Stop() noexcept;

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::stop_source attempt_{};  // guarded by mutex_
    bool stopped_ = false;        // guarded by mutex_
    bool refresh_ = false;        // guarded by mutex_
};

}  // namespace lddynamo::datasource
