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
    auto const left_out = std::exchange(left_out_, {});
    {
        std::scoped_lock const lock(mutex_);
        initializing_ = true;
        changed_.notify_all();
    }
    auto const report = store_->Init(data);
    if (!report) return Lost(report.error());
    Say([this] {
        initializing_ = false;
        lost_.reset();
    });
    {
        std::scoped_lock const lock(writing_);
        StdoutIs(lines_.Filled(*report, data.features.size(), data.segments.size(), left_out));
    }
    std::scoped_lock const lock(mutex_);
    filled_ = true;
    complete_ = report->oversize.empty() && left_out.empty();
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

void TableSink::Begin() {
    std::scoped_lock const lock(writing_);
    lines_.Begin();
}

TableSink::Event TableSink::Wait(std::stop_token const& stop,
                                 std::optional<std::chrono::steady_clock::time_point> once_until) {
    bool const once = once_until.has_value();
    std::unique_lock lock(mutex_);
    for (;;) {
        if (stop.stop_requested()) return Event::kStopped;
        if (!stdout_) return Event::kNoOutput;
        if (off_) return Event::kOff;
        if (once && filled_) return Event::kFilled;
        if (once && (lost_ || source_error_)) return Event::kFailed;
        bool const watches = Watches();
        auto const woken = [this, once, watches] {
            return !stdout_ || off_ || Watches() != watches ||
                   (once && (filled_ || lost_ || source_error_));
        };
        if (!once && !watches) {
            changed_.wait(lock, stop, woken);
            continue;
        }
        auto const at = once_until.value_or(probe_at_);
        if (changed_.wait_until(lock, stop, at, woken) || stop.stop_requested()) continue;
        if (once) return Event::kLate;
        if (at == probe_at_) return Event::kProbe;
    }
}

void TableSink::Probe(std::function<void()> const& refresh) {
    bool const available = store_->CheckAvailable().has_value();
    std::scoped_lock const lock(mutex_);
    PauseBeforeProbe(std::min(2 * probe_, kLastProbe));
    if (!available || !Watches()) return;
    // Until that is written or lost too, the next request for it would only cut it off.
    asked_ = true;
    refresh();
}

void TableSink::PauseBeforeProbe(milliseconds pause) {
    probe_ = pause;
    probe_at_ = std::chrono::steady_clock::now() + pause;
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

std::string TableSink::WhatIsMissing() {
    std::scoped_lock const lock(mutex_);
    return initializing_ ? "the table has not taken all data"
                         : "LaunchDarkly has not sent all data";
}

void TableSink::SayLast(std::string const& text) {
    std::unique_lock const lock(writing_, std::try_to_lock);
    if (lock) lines_.Last(text);
}

bool TableSink::Lost(Error const& error) {
    Say([&] {
        if (!lost_) {
            PauseBeforeProbe(kFirstProbe);
        } else if (asked_) {
            PauseBeforeProbe(probe_);  // it answers, and yet takes nothing
        }
        asked_ = false;
        initializing_ = false;
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
