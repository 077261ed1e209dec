#include "lddynamo/sync_sink.hpp"

#include "lddynamo/session.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace lddynamo::app {
namespace {

using std::chrono::milliseconds;

/// How long a table that failed is left alone.
constexpr milliseconds kFirstProbe{500};
constexpr milliseconds kLastProbe{30000};

}  // namespace

bool TableSink::Init(StoreData data) {
    auto const report = store_->Init(data);
    std::scoped_lock const lock(mutex_);
    if (!report) return Lost(report.error());
    lost_.reset();
    Say();
    stdout_ = stdout_ && lines_.Filled(*report, data.features.size(), data.segments.size());
    filled_ = true;
    complete_ = report->oversize.empty();
    changed_.notify_all();
    return true;
}

bool TableSink::Upsert(DataKind kind, std::string_view key, SerializedItem item) {
    auto const outcome = store_->Upsert(kind, key, item);
    std::scoped_lock const lock(mutex_);
    if (!outcome) return Lost(outcome.error());
    stdout_ = stdout_ && lines_.Upserted(kind, key, item, *outcome);
    if (!stdout_) changed_.notify_all();
    return true;
}

void TableSink::OnStatus(DataSourceState state, std::optional<Error> error) {
    std::scoped_lock const lock(mutex_);
    off_ = state == DataSourceState::kOff;
    if (state == DataSourceState::kValid) {
        source_error_.reset();
    } else {
        source_error_ = std::move(error);
    }
    Say();
    changed_.notify_all();
}

TableSink::Event TableSink::Wait(std::stop_token const& stop, bool once) {
    std::unique_lock lock(mutex_);
    for (;;) {
        if (stop.stop_requested()) return Event::kStopped;
        if (!stdout_) return Event::kNoOutput;
        if (off_) return Event::kOff;
        if (once && filled_) return Event::kFilled;
        if (once && (lost_ || source_error_)) return Event::kFailed;
        if (!lost_) {
            changed_.wait(lock, stop, [this, once] {
                return !stdout_ || off_ || lost_ || (once && (filled_ || source_error_));
            });
        } else if (!changed_.wait_until(lock, stop, probe_at_,
                                        [this] { return !stdout_ || off_ || !lost_; })) {
            if (!stop.stop_requested()) return Event::kProbe;
        }
    }
}

bool TableSink::Probe() {
    bool const available = store_->CheckAvailable().has_value();
    std::scoped_lock const lock(mutex_);
    probe_ = std::min(2 * probe_, kLastProbe);
    probe_at_ = std::chrono::steady_clock::now() + probe_;
    return available;
}

int TableSink::CodeOfFailure() {
    std::scoped_lock const lock(mutex_);
    if (lost_) return ExitCodeOf(*lost_);
    return source_error_ ? ExitCodeOf(*source_error_) : kFailed;
}

bool TableSink::WasFilledWhole() {
    std::scoped_lock const lock(mutex_);
    return filled_ && complete_;
}

bool TableSink::Lost(Error const& error) {
    if (!lost_) {
        probe_ = kFirstProbe;
        probe_at_ = std::chrono::steady_clock::now() + probe_;
    }
    lost_ = error;
    Say();
    changed_.notify_all();
    return false;
}

void TableSink::Say() {
    std::vector<Error const*> errors;
    for (auto const* const error : {&source_error_, &lost_}) {
        if (*error) errors.push_back(&**error);
    }
    lines_.Failing(errors);
}

}  // namespace lddynamo::app
