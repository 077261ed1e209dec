#include "events/diagnostic_sender.hpp"

#include <cstddef>
#include <utility>

namespace lddynamo::events {
namespace {

constexpr std::size_t kMaxWaiting = 2;  // the first, and what followed while it was on its way

}  // namespace

void DiagnosticSender::Run() noexcept {
    try {
        PostAll();
    } catch (...) {
        logger_.Error("events: no more diagnostic events, perhaps for want of memory");
    }
    std::scoped_lock const lock(mutex_);
    ended_ = true;
    changed_.notify_all();
}

void DiagnosticSender::PostAll() {
    std::unique_ptr<HttpTransport> transport;
    if (make_transport_) transport = make_transport_(stop_.get_token());
    if (!transport) return;  // whoever delivers the other events says so
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        if (waiting_.empty() || stop_.stop_requested()) return;
        std::string json = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        delivery_.SendDiagnostic(*transport, std::move(json));
        lock.lock();
    }
}

void DiagnosticSender::Post(std::string json) {
    std::scoped_lock const lock(mutex_);
    if (ending_ || waiting_.size() >= kMaxWaiting) return;
    waiting_.push_back(std::move(json));
    changed_.notify_all();
}

void DiagnosticSender::RequestEnd() {
    std::scoped_lock const lock(mutex_);
    ending_ = true;
    changed_.notify_all();
}

bool DiagnosticSender::AwaitEnd(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, until, [this] { return ended_; });
}

}  // namespace lddynamo::events
