#include "base/worker.hpp"

#include <pthread.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <utility>

namespace lddynamo::base {
namespace {

/// Threads started meanwhile get no signals but those that a thread brings on itself, and
/// profiling's.
class SignalsBlocked {
  public:
    SignalsBlocked() noexcept {
        sigset_t others;
        ::sigfillset(&others);
        for (int const own : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGPROF, SIGSEGV, SIGSYS, SIGTRAP}) {
            ::sigdelset(&others, own);
        }
        ::pthread_sigmask(SIG_BLOCK, &others, &former_);
    }
    SignalsBlocked(SignalsBlocked const&) = delete;
    SignalsBlocked& operator=(SignalsBlocked const&) = delete;
    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &former_, nullptr); }

  private:
    sigset_t former_{};
};

}  // namespace

struct Worker::State {
    std::stop_source stop{};
    pid_t const process = ::getpid();
    std::mutex mutex{};
    std::condition_variable changed{};
    bool started = false;                   // guarded by mutex
    bool ended = false;                     // guarded by mutex
    bool left = false;                      // guarded by mutex; nobody waits for it any more
    std::unique_ptr<std::thread> thread{};  // guarded by mutex
};

Worker::Worker() : state_(std::make_shared<State>()) {
}

bool Worker::Start(char const* name, std::function<void(std::stop_token)> run) noexcept {
    try {
        std::scoped_lock const lock(state_->mutex);
        SignalsBlocked const blocked;
        auto body = [state = state_, name, run = std::move(run)]() mutable {
            ::pthread_setname_np(::pthread_self(), name);
            try {
                run(state->stop.get_token());
            } catch (...) {
                // The user's process is worth more than what this did.
            }
            run = nullptr;  // what it owned ends before anyone is told
            std::scoped_lock const ended(state->mutex);
            state->ended = true;
            state->changed.notify_all();
        };
        state_->thread = std::make_unique<std::thread>(std::move(body));
        state_->started = true;
        return true;
    } catch (...) {
        return false;
    }
}

bool Worker::Stop(std::chrono::milliseconds patience) noexcept {
    auto const state = state_;  // `run` may end this object
    if (::getpid() != state->process) {
        // What the parent's thread holds stays held: it would never let go of it here. And the
        // thread is the parent's, to be neither joined nor detached here.
        static_cast<void>(state->thread.release());
        return false;
    }
    state->stop.request_stop();
    std::unique_ptr<std::thread> thread;
    bool ended = false;
    {
        std::unique_lock lock(state->mutex);
        if (!state->started) return true;
        bool const within = state->thread && state->thread->get_id() == std::this_thread::get_id();
        if (!within) {
            state->changed.wait_for(lock, patience, [&] { return state->ended || state->left; });
        }
        ended = state->ended;
        state->left = true;
        thread = std::move(state->thread);  // whoever comes first
    }
    if (thread) {
        if (ended) {
            thread->join();
        } else {
            thread->detach();
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
