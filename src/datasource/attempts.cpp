#include "datasource/attempts.hpp"

#include "base/longest.hpp"

#include <algorithm>
#include <utility>

namespace lddynamo::datasource {

std::stop_token Attempts::Begin() {
    std::scoped_lock const lock(mutex_);
    attempt_ = std::stop_source();
    refresh_ = false;
    if (stopped_) attempt_.request_stop();
    return attempt_.get_token();
}

bool Attempts::TakeRefresh() {
    std::scoped_lock const lock(mutex_);
    return std::exchange(refresh_, false);
}

void Attempts::Pause(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::min(time, base::kLongest),
                      [this] { return stopped_ || refresh_; });
}

bool Attempts::Stopped() const {
    std::scoped_lock const lock(mutex_);
    return stopped_;
}

void Attempts::Refresh() noexcept {
    std::stop_source attempt;
    {
        std::scoped_lock const lock(mutex_);
        refresh_ = true;
        attempt = attempt_;
        changed_.notify_all();
    }
    attempt.request_stop();  // runs callbacks: not under the lock
}

void Attempts::Stop() noexcept {
    std::stop_source attempt;
    {
        std::scoped_lock const lock(mutex_);
        stopped_ = true;
        attempt = attempt_;
        changed_.notify_all();
    }
    attempt.request_stop();
}

}  // namespace lddynamo::datasource
