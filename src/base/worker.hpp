/// @file
/// Worker: a thread that is told to stop and, if it does not end in time, left to end by itself.
/// Layer: base.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>

namespace lddynamo::base {

/// For threads that may be inside a call that nothing can interrupt: a user's store, the system's
/// resolver. They get no signals from elsewhere: those are for the program's own threads. In a
/// forked child there is no such thread, and nothing to stop.
/// @par Thread safety  Start once, before all else; Stop from any thread, also from several.
class Worker {
  public:
    Worker();
    /// Stop with the default patience.
    ~Worker() { Stop(); }
    Worker(Worker const&) = delete;
    Worker& operator=(Worker const&) = delete;

    /// @param name  for debuggers; up to 15 characters.
    /// @param run   owns, or shares, all that it uses: it may outlive this object. What it throws
    ///              ends it, and nothing else.
    /// @return false: the system has no thread left.
    [[nodiscard]] bool Start(char const* name, std::function<void(std::stop_token)> run) noexcept;
    /// Requests the stop and waits for the end. @return whether it has ended. From within `run`
    /// itself, and for a thread that was left before, it does not wait.
    bool Stop(std::chrono::milliseconds patience = std::chrono::milliseconds(800)) noexcept;

  private:
    struct State;
    std::shared_ptr<State> const state_;  // shared with the thread
};

/// Sleeps until `time`; less when stopped. @return whether it was not stopped.
[[nodiscard]] bool SleepUntil(std::stop_token const& stop,
                              std::chrono::steady_clock::time_point time);

}  // namespace lddynamo::base
