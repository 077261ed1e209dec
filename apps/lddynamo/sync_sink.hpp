/// @file
/// TableSink: writes to the table what a data source brings, and says what is to be done about it.
#pragma once

#include "lddynamo/sync_lines.hpp"

#include "datasource/data_source.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::app {

/// Where nobody reads what is written, the data source's thread waits, and only that: the other one
/// finds out what happened, and can end.
/// @par Thread safety  The data source's thread calls what DataSink has, one other thread the rest.
class TableSink final : public datasource::DataSink {
  public:
    /// @param log  what warns of items that are left out.
    TableSink(std::shared_ptr<FeatureStore> store, OutputFormat output, Logger const& log)
        : store_(std::move(store)), lines_(output, log) {}

    bool Init(StoreData data) override;
    bool Upsert(DataKind kind, std::string_view key, SerializedItem item) override;
    void OnStatus(DataSourceState state, std::optional<Error> error) override;
    void OnLeftOut(std::vector<ItemNote> const& items) override { left_out_ = items; }
    void OnEnvironmentId(std::string_view /*id*/) override {}

    /// Before the data source is started.
    void Begin();
    /// Why the main thread is to act.
    enum class Event { kStopped, kNoOutput, kOff, kFilled, kFailed, kProbe, kLate };
    /// Blocks until there is something to do.
    /// @param once_until  when kLate is due; kFilled and kFailed then count too. Empty: for ever.
    [[nodiscard]] Event Wait(std::stop_token const& stop,
                             std::optional<std::chrono::steady_clock::time_point> once_until);
    /// Looks whether the table answers, and if so calls `refresh`: once for all that was lost until
    /// then, and not for what an Init under way may make up for. Blocks as a store does.
    /// @param refresh  must not block: called under the lock.
    void Probe(std::function<void()> const& refresh);
    /// The exit code for kOff and kFailed.
    [[nodiscard]] int CodeOfFailure();
    /// Whether nothing of the last Init was left out, as too large or for its key.
    [[nodiscard]] bool WasFilledWhole();
    /// Why the table is not filled yet.
    [[nodiscard]] std::string WhatIsMissing();
    /// Writes one last line, unless the other lines are still waiting to be read.
    void SayLast(std::string const& text);

  private:
    bool Lost(Error const& error);
    /// Whether the table is to be looked at when it is time. With mutex_ held.
    [[nodiscard]] bool Watches() const { return lost_ && !asked_ && !initializing_; }
    void PauseBeforeProbe(std::chrono::milliseconds pause);  ///< With mutex_ held.
    /// Changes what `change` changes, and says of it what there is to be said.
    template <class Change>
    void Say(Change&& change);
    void StdoutIs(bool good);

    std::shared_ptr<FeatureStore> const store_;  // lives as long as a call of it lasts
    std::vector<ItemNote> left_out_{};           // the data source's thread's: of the next Init
    std::mutex writing_;                         // never waited for with mutex_ held
    SyncLines lines_;                            // guarded by writing_
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool stdout_ = true;  // guarded by mutex_, as all below
    bool off_ = false;
    bool filled_ = false;
    bool complete_ = false;
    std::optional<Error> source_error_{};
    std::optional<Error> lost_{};  // something that came is not in the table
    bool asked_ = false;           // all data were asked for since the last loss
    bool initializing_ = false;
    std::chrono::milliseconds probe_{};  // the pause before the next look
    std::chrono::steady_clock::time_point probe_at_{};
};

}  // namespace lddynamo::app
