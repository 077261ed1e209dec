#include "client/big_segment_status.hpp"

#include "client/guarded.hpp"

#include <string>
#include <utility>

namespace lddynamo::client {

BigSegmentStoreStatus BigSegmentStatusTracker::Get() {
    std::unique_lock lock(mutex_);
    while (!status_ && !closed_) {
        if (asking_) {
            changed_.wait(lock);
        } else {
            Ask(lock);
        }
    }
    return status_.value_or(BigSegmentStoreStatus());
}

void BigSegmentStatusTracker::Poll() {
    std::unique_lock lock(mutex_);
    if (!asking_ && !closed_) Ask(lock);
}

void BigSegmentStatusTracker::Ask(std::unique_lock<std::mutex>& lock) {
    asking_ = true;
    lock.unlock();
    std::optional<Answer> answer;
    try {
        answer.emplace(Guarded("the Big Segments store", [this] { return store_->GetMetadata(); }));
    } catch (...) {  // no memory: without an answer, which is as bad as a bad one
    }
    lock.lock();
    asking_ = false;
    auto const before = status_;
    if (!closed_) status_ = Judge(answer);
    auto const after = status_;
    changed_.notify_all();
    if (after == before) return;
    lock.unlock();  // a sink may do what it likes
    LogChange(before, *after, answer && !*answer ? &answer->error() : nullptr);
    lock.lock();
}

BigSegmentStoreStatus BigSegmentStatusTracker::Judge(
    std::optional<Answer> const& answer) const noexcept {
    BigSegmentStoreStatus status;
    status.available = answer && *answer;
    if (!status.available) return status;
    std::optional<BigSegmentTime> const& up_to_date = **answer;
    auto const now = std::chrono::floor<std::chrono::milliseconds>(clock_.Now());
    // What was never written is as old as can be.
    status.stale = !up_to_date || *up_to_date <= now - stale_after_;
    return status;
}

void BigSegmentStatusTracker::LogChange(std::optional<BigSegmentStoreStatus> const& before,
                                        BigSegmentStoreStatus const& after,
                                        Error const* error) const noexcept {
    if (!after.available) {
        LogFailure(logger_, "the Big Segments store does not answer", error);
    } else if (after.stale) {
        logger_.Warn(
            "Big Segments are out of date: their store was last brought up to date longer "
            "ago than stale_after");
    } else if (before) {
        logger_.Info("the Big Segments store answers, and is up to date again");
    }
}

BigSegmentStatusTracker::Event BigSegmentStatusTracker::Wait(
    std::chrono::steady_clock::time_point due) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, due, [this] { return closed_ || status_ != told_; });
    if (closed_) return Event::kClosed;
    return status_ != told_ ? Event::kChange : Event::kDue;
}

std::optional<BigSegmentStoreStatus> BigSegmentStatusTracker::TakeChange() {
    std::scoped_lock const lock(mutex_);
    if (closed_ || status_ == told_) return std::nullopt;
    told_ = status_;
    return told_;
}

void BigSegmentStatusTracker::Close() noexcept {
    std::scoped_lock const lock(mutex_);
    closed_ = true;
    changed_.notify_all();
}

bool BigSegmentStatusTracker::IsClosed() const noexcept {
    std::scoped_lock const lock(mutex_);
    return closed_;
}

}  // namespace lddynamo::client
