/// @file
/// StopOnSignal: turns SIGINT and SIGTERM into a stop token.
#pragma once

#include <lddynamo/result.hpp>

#include <signal.h>

#include <memory>
#include <stop_token>
#include <thread>

namespace lddynamo::app {

/// While it lives, the two signals do not end the process: they stop the token. Make it before any
/// other thread is started. A signal handler could not do it: to stop a token is not safe in one.
class StopOnSignal {
  public:
    /// @retval ErrorCode::kIo  the kernel has no descriptors left.
    [[nodiscard]] static Result<std::unique_ptr<StopOnSignal>> Create();
    StopOnSignal(StopOnSignal const&) = delete;
    StopOnSignal& operator=(StopOnSignal const&) = delete;
    ~StopOnSignal();

    [[nodiscard]] std::stop_token Token() const noexcept { return source_.get_token(); }
    /// As a signal does.
    void Stop() noexcept { source_.request_stop(); }

  private:
    StopOnSignal() = default;
    void Watch();

    int signals_ = -1;  // a signalfd
    int end_ = -1;      // an eventfd: the watcher is to end
    sigset_t former_{};
    std::stop_source source_{};
    std::thread watcher_{};
};

}  // namespace lddynamo::app
