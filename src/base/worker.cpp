#include "base/worker.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace lddynamo::base {

struct Worker::State {
    std::stop_source stop{};
    std::mutex mutex{};
    std::condition_variable changed{};
    bool started = false;  // guarded by mutex
    bool ended = false;    // guarded by mutex
    std::thread thread{};  // guarded by mutex
};

Worker::Worker() : state_(std::make_shared<State>()) {
}

bool Worker::Start(std::function<void(std::stop_token)> run) noexcept {
    try {
        std::scoped_lock const lock(state_->mutex);
        state_->thread = std::thread([state = state_, run = std::move(run)]() mutable {
            run(state->stop.get_token());
            run = nullptr;  // what it owned ends before anyone is told
            std::scoped_lock const ended(state->mutex);
            state->ended = true;
            state->changed.notify_all();
        });
        state_->started = true;
        return true;
    } catch (...) {
        return false;
    }
}

bool Worker::Stop(std::chrono::milliseconds patience) noexcept {
    auto const state = state_;  // `run` may end this object
    state->stop.request_stop();
    std::thread thread;
    bool ended = false;
    {
        std::unique_lock lock(state->mutex);
        if (!state->started) return true;
        bool const within = state->thread.get_id() == std::this_thread::get_id();
        if (!within) state->changed.wait_for(lock, patience, [&] { return state->ended; });
        ended = state->ended;
        thread = std::move(state->thread);  // whoever comes first
    }
    if (thread.joinable()) {
        if (ended) {
            thread.join();
        } else {
            thread.detach();
        }
    }
    return ended;
}

bool SleepUntil(std::stop_token const& stop, std::chrono::steady_clock::time_point time) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_until(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

}  // namespace lddynamo::base
