/// @file
/// SourceStatus: how the data source is doing, for those who ask, wait or want to be told.
/// Layer: client.
#pragma once

#include <lddynamo/client_options.hpp>
#include <lddynamo/clock.hpp>
#include <lddynamo/data_source_status.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace lddynamo::client {

/// @par Thread safety  All methods may be called from any thread at once.
class SourceStatus {
  public:
    using Listener = std::function<void(DataSourceStatus const&)>;

    SourceStatus(DataSourceState state, Listener listener, Clock const& clock, Logger logger);

    [[nodiscard]] DataSourceStatus Get() const;
    /// kInterrupted before the first kValid leaves the state at kInitializing; nothing follows
    /// kOff. Tells the listener of a change of the state or of the error, and the log of the
    /// beginning and the end of an outage.
    void Update(DataSourceState state, std::optional<Error> error);
    /// kOff, and nobody is told any more.
    void Close();

    /// Evaluations have data of the source now.
    void SetInitialized();
    /// Until initialized, off or closed, or time is up. @return whether initialized.
    [[nodiscard]] bool WaitUntilInitialized(std::chrono::milliseconds timeout);

    void SetEnvironmentId(std::string_view id);
    /// Empty: not known.
    [[nodiscard]] std::string EnvironmentId() const;

  private:
    Listener const listener_;
    Clock const& clock_;
    Logger const logger_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    DataSourceStatus status_;  // guarded by mutex_, as all below
    std::string environment_id_{};
    bool initialized_ = false;
    bool closed_ = false;
    bool outage_told_ = false;
};

}  // namespace lddynamo::client
