#include "events/delivery_loop.hpp"

#include "base/longest.hpp"

#include <algorithm>
#include <utility>

namespace lddynamo::events {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxStreamInits = 1000;  // a day of connections that last a minute and a half
constexpr milliseconds kShortestStatistics = std::chrono::minutes(1);

milliseconds PositiveOr(milliseconds interval, milliseconds fallback) noexcept {
    return interval > milliseconds::zero() ? interval : fallback;
}

Schedule::Intervals IntervalsOf(EventOptions const& options) {
    EventOptions const defaults;
    Schedule::Intervals intervals;
    intervals.flush = PositiveOr(options.flush_interval, defaults.flush_interval);
    intervals.forget_contexts =
        PositiveOr(options.context_keys_flush_interval, defaults.context_keys_flush_interval);
    if (options.diagnostics) {
        intervals.statistics = std::max(options.diagnostic_interval, kShortestStatistics);
    }
    return intervals;
}

}  // namespace

DeliveryLoop::DeliveryLoop(EventProcessorOptions options)
    : clock_(options.clock != nullptr ? *options.clock : SystemClock()),
      logger_(options.logger),
      make_transport_(std::move(options.make_transport)),
      intervals_(IntervalsOf(options.events)),
      recorder_(options.events, std::move(options.random), options.logger),
      writer_(ContextFormatter(options.events.all_attributes_private,
                               options.events.private_attributes)),
      delivery_(std::move(options.base_uri), std::move(options.headers), options.events.gzip,
                options.logger) {
    if (options.events.diagnostics) {
        diagnostics_.emplace(
            base::RandomUuid(),
            Diagnostics::About{options.diagnostic_sdk, options.diagnostic_configuration,
                               options.diagnostic_platform, options.sdk_key_suffix},
            Now());
        diagnostic_sender_ =
            std::make_shared<DiagnosticSender>(delivery_, make_transport_, options.logger);
    }
}

bool DeliveryLoop::Guarded(std::function<bool()> const& work) noexcept {
    try {
        return work();
    } catch (...) {
        logger_.Error("events: a delivery failed unexpectedly, perhaps for want of memory");
        return false;
    }
}

bool DeliveryLoop::MakeTransport() {
    if (make_transport_) transport_ = make_transport_(stop_.get_token());
    return transport_ != nullptr;
}

void DeliveryLoop::Run() noexcept {
    if (!Guarded([this] { return MakeTransport(); })) {
        logger_.Error("events: nothing to deliver them with");
        recorder_.Stop();
    }
    if (diagnostics_) {
        Guarded([this] {
            diagnostic_sender_->Post(diagnostics_->InitEvent());
            return true;
        });
    }
    std::unique_lock lock(mutex_);
    // Once cancelled, whoever owns the clock may be gone: it is asked under the lock only.
    std::optional<Schedule> schedule;
    if (!cancelled_) schedule.emplace(clock_.SteadyNow(), intervals_);
    while (!cancelled_) {
        auto const now = clock_.SteadyNow();
        auto const due = schedule->TakeDue(now);
        auto const due_time = due.statistics ? Now() : UnixMilliseconds();
        bool const ending = ending_;
        auto const upto = flushes_asked_;
        bool const flush = due.flush || ending || upto > flushes_done_;
        if (!flush && !due.Any()) {
            asked_.wait_for(lock, schedule->Next() - now);  // looks again, whatever woke it
            continue;
        }
        lock.unlock();
        if (due.forget_contexts) recorder_.ForgetContexts();
        bool const delivered = !flush || Guarded([this] { return Deliver(); });
        if (due.statistics && !ending) Guarded([&] { return SendStatistics(due_time); });
        lock.lock();
        if (flush) FinishFlushes(upto, delivered);
        if (ending) break;
    }
    lock.unlock();
    Guarded([this] { return CountLost(); });
    lock.lock();
    FinishFlushes(flushes_asked_, false);
    ended_ = true;
    done_.notify_all();
}

bool DeliveryLoop::Deliver() {
    auto const payload = recorder_.Take();
    events_in_last_batch_ = payload.Size();
    if (refused_ || !transport_) return false;
    if (payload.Size() == 0) return true;
    auto const outcome = delivery_.SendEvents(
        *transport_, writer_.Write(payload.events, payload.summary), payload.Size());
    if (!outcome.delivered && stop_.stop_requested()) cut_off_ += payload.Size();
    if (outcome.server_time) recorder_.SetServerTime(ToUnixMilliseconds(*outcome.server_time));
    if (outcome.stop) {
        refused_ = true;
        recorder_.Stop();
        static_cast<void>(recorder_.Take());
    }
    return outcome.delivered;
}

bool DeliveryLoop::SendStatistics(UnixMilliseconds now) {
    if (refused_) return false;
    auto const recorded = recorder_.TakeStatistics();
    Diagnostics::Statistics statistics{
        recorded.dropped, recorded.deduplicated, std::exchange(events_in_last_batch_, 0), {}};
    {
        std::scoped_lock const lock(mutex_);
        statistics.stream_inits.swap(stream_inits_);
    }
    diagnostic_sender_->Post(diagnostics_->StatisticsEvent(now, statistics));
    return true;
}

bool DeliveryLoop::CountLost() {
    auto const lost = cut_off_ + recorder_.Take().Size();
    if (lost == 0 || refused_ || !transport_) return true;  // or it was said before
    logger_.Warn("events: closed before " + std::to_string(lost) +
                 (lost == 1 ? " event was" : " events were") + " delivered; dropped");
    return false;
}

void DeliveryLoop::FinishFlushes(std::uint64_t upto, bool delivered) {
    flushes_done_ = upto;
    for (auto* const waiter : waiters_) {
        if (!delivered && !waiter->done) waiter->delivered = false;
        if (waiter->flush <= upto) waiter->done = true;
    }
    done_.notify_all();
}

void DeliveryLoop::StreamOpened(StreamInit const& init) {
    if (!diagnostic_sender_) return;
    std::scoped_lock const lock(mutex_);
    if (stream_inits_.size() < kMaxStreamInits) stream_inits_.push_back(init);
}

void DeliveryLoop::RequestFlush() {
    std::scoped_lock const lock(mutex_);
    ++flushes_asked_;
    asked_.notify_one();
}

bool DeliveryLoop::FlushAndWait(milliseconds timeout) {
    std::unique_lock lock(mutex_);
    if (ending_ || ended_) return false;
    Waiter waiter{.flush = flushes_asked_ + 1};
    waiters_.push_back(&waiter);
    ++flushes_asked_;
    asked_.notify_one();
    done_.wait_for(lock, std::min(timeout, base::kLongest), [&] { return waiter.done; });
    std::erase(waiters_, &waiter);
    return waiter.done && waiter.delivered;
}

void DeliveryLoop::RequestEnd() {
    std::scoped_lock const lock(mutex_);
    ending_ = true;
    asked_.notify_one();
}

void DeliveryLoop::Cancel() {
    {
        std::scoped_lock const lock(mutex_);
        cancelled_ = true;
        FinishFlushes(flushes_asked_, false);
        asked_.notify_one();
    }
    stop_.request_stop();
}

bool DeliveryLoop::AwaitEnd(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    return done_.wait_until(lock, until, [this] { return ended_; });
}

}  // namespace lddynamo::events
