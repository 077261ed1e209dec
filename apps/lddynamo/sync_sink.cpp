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
    if (!report) return Lost(report.error());
    Say([this] { lost_.reset(); });
    {
        std::scoped_lock const lock(writing_);
        StdoutIs(lines_.Filled(*report, data.features.size(), data.segments.size()));
    }
    std::scoped_lock const lock(mutex_);
    filled_ = true;
    complete_ = report->oversize.empty();
    changed_.notify_all();
    return true;
}

bool TableSink::Upsert(DataKind kind, std::string_view key, SerializedItem item) {
    auto const outcome = store_->Upsert(kind, key, item);
    if (!outcome) return Lost(outcome.error());
    std::scoped_lock const lock(writing_);
    StdoutIs(lines_.Upserted(kind, key, item, *outcome));
    return true;
}

void TableSink::OnStatus(DataSourceState state, std::optional<Error> error) {
    Say([&] {
        off_ = state == DataSourceState::kOff;
        source_error_ = state == DataSourceState::kValid ? std::nullopt : std::move(error);
    });
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

void TableSink::SayLast(std::string const& text) {
    std::unique_lock const lock(writing_, std::try_to_lock);
    if (lock) lines_.Last(text);
}

bool TableSink::Lost(Error const& error) {
    Say([&] {
        if (!lost_) {
            probe_ = kFirstProbe;
            probe_at_ = std::chrono::steady_clock::now() + probe_;
        }
        lost_ = error;
    });
    return false;
}

template <class Change>
void TableSink::Say(Change&& change) {
    std::vector<Error> errors;
    {
        std::scoped_lock const lock(mutex_);
        change();
        for (auto const* const error : {&source_error_, &lost_}) {
            if (*error) errors.push_back(**error);
        }
        changed_.notify_all();
    }
    std::scoped_lock const lock(writing_);
    lines_.Failing(errors);
}

void TableSink::StdoutIs(bool good) {
    if (good) return;
    std::scoped_lock const lock(mutex_);
    stdout_ = false;
    changed_.notify_all();
}

}  // namespace lddynamo::app
