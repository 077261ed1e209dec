#include "datasource/poll_sync.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace lddynamo::datasource {
namespace {

constexpr int kMaxCountedFailures = 1000;  // the pause has long reached its limit

}  // namespace

PollSync::PollSync(Poller poller, HttpTransport& transport, FeatureStore& store,
                   PollSyncOptions options)
    : poller_(std::move(poller)),
      transport_(transport),
      store_(store),
      options_(std::move(options)),
      clock_(options_.clock != nullptr ? *options_.clock : SystemClock()) {
}

SyncStep PollSync::Step() {
    auto const begin = clock_.SteadyNow();
    SyncStep step;
    bool permanent = false;
    Poll(step, permanent);
    if (pending_) Fill(step);

    bool const failed = step.Failed();
    failures_ = failed ? std::min(failures_ + 1, kMaxCountedFailures) : 0;
    if (permanent) {
        step.state = SyncState::kOff;
        return step;
    }
    if (!failed) {
        step.state = SyncState::kValid;
        step.next = begin + options_.interval;
        return step;
    }
    step.state = was_filled_ ? SyncState::kInterrupted : SyncState::kInitializing;
    step.next = clock_.SteadyNow() + RetryPause();
    return step;
}

void PollSync::Poll(SyncStep& step, bool& permanent) {
    auto outcome = poller_.Read(transport_.Send(poller_.Request()));
    if (auto* const polled = std::get_if<PolledData>(&outcome)) {
        pending_ = std::move(polled->document.data);
        step.skipped = std::move(polled->document.skipped);
    } else if (auto* const failure = std::get_if<ServiceFailure>(&outcome)) {
        step.poll_error = std::move(failure->error);
        permanent = failure->permanent;
    }
}

void PollSync::Fill(SyncStep& step) {
    auto report = store_.Init(*pending_);
    if (!report) {
        step.store_error = std::move(report.error());
        return;
    }
    step.filled = SyncStep::Filled{.report = std::move(*report),
                                   .flags = pending_->features.size(),
                                   .segments = pending_->segments.size()};
    pending_.reset();
    was_filled_ = true;
}

std::chrono::milliseconds PollSync::RetryPause() {
    auto pause = std::min(options_.retry_base, options_.interval);
    for (int i = 1; i < failures_ && pause < options_.interval; ++i) {
        pause = std::min(2 * pause, options_.interval);
    }
    auto const half = static_cast<double>(pause.count()) / 2;
    return pause - std::chrono::milliseconds(
                       static_cast<std::chrono::milliseconds::rep>(half * options_.random()));
}

}  // namespace lddynamo::datasource
