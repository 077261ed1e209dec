#include "events/schedule.hpp"

#include "base/longest.hpp"

#include <algorithm>

namespace lddynamo::events {

bool Schedule::Timer::Take(Time now) noexcept {
    if (now < next) return false;
    next = now + interval;
    return true;
}

Schedule::Timer Schedule::Start(Time now, std::chrono::milliseconds interval) noexcept {
    interval = std::clamp(interval, std::chrono::milliseconds(1), base::kLongest);
    return {interval, now + interval};
}

Schedule::Schedule(Time now, Intervals intervals) noexcept
    : flush_(Start(now, intervals.flush)), forget_contexts_(Start(now, intervals.forget_contexts)) {
    if (intervals.statistics) statistics_ = Start(now, *intervals.statistics);
}

Schedule::Due Schedule::TakeDue(Time now) noexcept {
    Due due;
    due.flush = flush_.Take(now);
    due.forget_contexts = forget_contexts_.Take(now);
    due.statistics = statistics_ && statistics_->Take(now);
    return due;
}

Schedule::Time Schedule::Next() const noexcept {
    auto next = std::min(flush_.next, forget_contexts_.next);
    if (statistics_) next = std::min(next, statistics_->next);
    return next;
}

}  // namespace lddynamo::events
