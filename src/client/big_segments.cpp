#include "client/big_segments.hpp"

#include "client/guarded.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace lddynamo::client {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kLogPause{60};
constexpr milliseconds kDefaultPollInterval{5000};
// Longer ones stand for "always", and times stay clear of overflows.
constexpr milliseconds kLongest = std::chrono::hours(24 * 36500);

milliseconds Bounded(milliseconds duration) {
    return std::clamp(duration, milliseconds(0), kLongest);
}

/// As the Go SDK: a status is asked for as often as it can become stale.
milliseconds IntervalOf(BigSegmentOptions const& options) {
    milliseconds const interval = options.status_poll_interval > milliseconds(0)
                                      ? options.status_poll_interval
                                      : kDefaultPollInterval;
    return std::clamp(interval, milliseconds(1),
                      std::max(milliseconds(1), Bounded(options.stale_after)));
}

std::int64_t Nanoseconds(std::chrono::steady_clock::time_point time) {
    return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

}  // namespace

BigSegments::BigSegments(BigSegmentOptions options, Clock const& clock, Logger logger)
    : store_(options.store),
      clock_(clock),
      logger_(logger),
      cache_(options.context_cache_size, Bounded(options.context_cache_time), clock),
      quiet_until_(std::numeric_limits<std::int64_t>::min()),
      watch_(new Watch{{options.store, Bounded(options.stale_after), clock, logger},
                       IntervalOf(options),
                       std::move(options.on_status),
                       std::move(logger)}) {
    if (!worker_.Start("lddynamo-bigseg",
                       [watch = watch_](std::stop_token const&) { Run(*watch); })) {
        throw std::system_error(EAGAIN, std::generic_category(), "no thread for Big Segments");
    }
}

BigSegments::~BigSegments() {
    Close();
}

BigSegmentAnswer BigSegments::Fetch(std::string_view context_key) {
    using Status = EvaluationReason::BigSegmentsStatus;
    SharedMembership membership =
        cache_.Get(context_key, [this](std::string_view key) { return Query(key); });
    if (!membership) return {nullptr, Status::kStoreError};
    // A store that gave a membership counts as healthy even if it does not give its metadata.
    return {std::move(membership), GetStatus().stale ? Status::kStale : Status::kHealthy};
}

SharedMembership BigSegments::Query(std::string_view context_key) {
    if (watch_->tracker.IsClosed()) return nullptr;
    auto membership = Guarded("the Big Segments store", [&] {
        return store_->GetMembership(BigSegmentContextHash(context_key));
    });
    if (membership) return std::make_shared<BigSegmentMembership const>(std::move(*membership));
    auto const now = clock_.SteadyNow();
    std::int64_t quiet_until = quiet_until_.load(std::memory_order_relaxed);
    if (quiet_until <= Nanoseconds(now) &&
        quiet_until_.compare_exchange_strong(quiet_until, Nanoseconds(now + kLogPause),
                                             std::memory_order_relaxed)) {
        LogFailure(logger_, "the Big Segments store failed to say what a context is in",
                   &membership.error());
    }
    return nullptr;
}

void BigSegments::Run(Watch& watch) noexcept {
    using Event = BigSegmentStatusTracker::Event;
    using RealClock = std::chrono::steady_clock;
    auto due = RealClock::now() + watch.interval;
    for (Event event = watch.tracker.Wait(due); event != Event::kClosed;
         event = watch.tracker.Wait(due)) {
        if (event == Event::kChange) {
            Tell(watch);
        } else {
            watch.tracker.Poll();
            due = RealClock::now() + watch.interval;
        }
    }
}

void BigSegments::Tell(Watch& watch) noexcept {
    auto const status = watch.tracker.TakeChange();
    if (!status || !watch.on_status) return;
    try {
        watch.on_status(*status);
    } catch (...) {
        watch.logger.Error("big_segments.on_status threw an exception");
    }
}

void BigSegments::Close() noexcept {
    watch_->tracker.Close();
    worker_.Stop();
}

}  // namespace lddynamo::client
