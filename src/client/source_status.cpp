#include "client/source_status.hpp"

#include "base/longest.hpp"

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>

namespace lddynamo::client {

SourceStatus::SourceStatus(DataSourceState state, Listener listener, Clock const& clock,
                           Logger logger)
    : listener_(std::move(listener)), clock_(clock), logger_(std::move(logger)) {
    status_.state = state;
    status_.since = clock_.Now();
}

DataSourceStatus SourceStatus::Get() const {
    std::scoped_lock const lock(mutex_);
    return status_;
}

void SourceStatus::Update(DataSourceState state, std::optional<Error> error) {
    DataSourceStatus now;
    std::string line;
    {
        std::scoped_lock const lock(mutex_);
        if (closed_ || status_.state == DataSourceState::kOff) return;
        if (state == DataSourceState::kInterrupted &&
            status_.state == DataSourceState::kInitializing) {
            state = DataSourceState::kInitializing;
        }
        if (error && (!outage_told_ || state == DataSourceState::kOff)) {
            line = "data source: " + error->Describe();
            outage_told_ = true;
        } else if (state == DataSourceState::kValid && outage_told_) {
            line = "data source: recovered";
            outage_told_ = false;
        }
        if (state == status_.state && !error) return;
        if (state != status_.state) status_.since = clock_.Now();
        status_.state = state;
        if (error) status_.last_error = std::move(error);
        now = status_;
        changed_.notify_all();
    }
    if (now.state == DataSourceState::kOff) {
        logger_.Error((line.empty() ? "data source: ended" : line) + "; not asking again");
    } else if (!line.empty()) {
        logger_.Warn(line);
    }
    if (!listener_) return;
    {
        // A log line may take its time.
        std::scoped_lock const lock(mutex_);
        if (closed_) return;
    }
    try {
        listener_(now);
    } catch (std::exception const& exception) {
        logger_.Error(std::string("on_data_source_status threw an exception: ") + exception.what());
    } catch (...) {
        logger_.Error("on_data_source_status threw an exception");
    }
}

void SourceStatus::Close() {
    std::scoped_lock const lock(mutex_);
    if (closed_) return;
    closed_ = true;
    if (status_.state != DataSourceState::kOff) status_.since = clock_.Now();
    status_.state = DataSourceState::kOff;
    changed_.notify_all();
}

void SourceStatus::SetInitialized() {
    std::scoped_lock const lock(mutex_);
    initialized_ = true;
    changed_.notify_all();
}

bool SourceStatus::WaitUntilInitialized(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::min(timeout, base::kLongest), [this] {
        return initialized_ || closed_ || status_.state == DataSourceState::kOff;
    });
    return initialized_;
}

void SourceStatus::SetEnvironmentId(std::string_view id) {
    constexpr std::size_t kMaxBytes = 256;  // LaunchDarkly's have 24
    if (id.size() > kMaxBytes) return;
    std::scoped_lock const lock(mutex_);
    environment_id_ = id;
}

std::string SourceStatus::EnvironmentId() const {
    std::scoped_lock const lock(mutex_);
    return environment_id_;
}

}  // namespace lddynamo::client
