#include "lddynamo/stop_on_signal.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

namespace lddynamo::app {

Result<std::unique_ptr<StopOnSignal>> StopOnSignal::Create() {
    std::unique_ptr<StopOnSignal> made(new StopOnSignal());
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &set, &made->former_);
    made->signals_ = ::signalfd(-1, &set, SFD_CLOEXEC);
    made->end_ = ::eventfd(0, EFD_CLOEXEC);
    if (made->signals_ < 0 || made->end_ < 0) {
        return Fail(ErrorCode::kIo, std::string("signals: ") + std::strerror(errno));
    }
    made->watcher_ = std::thread([watched = made.get()] { watched->Watch(); });
    return made;
}

StopOnSignal::~StopOnSignal() {
    if (watcher_.joinable()) {
        ::eventfd_write(end_, 1);
        watcher_.join();
    }
    if (signals_ >= 0) ::close(signals_);
    if (end_ >= 0) ::close(end_);
    ::pthread_sigmask(SIG_SETMASK, &former_, nullptr);
}

void StopOnSignal::Watch() {
    for (;;) {
        pollfd watched[] = {{signals_, POLLIN, 0}, {end_, POLLIN, 0}};
        if (::poll(watched, 2, -1) < 0 && errno == EINTR) continue;
        if (watched[1].revents != 0) return;
        // Taken, so that it does not end the process when the mask is put back.
        signalfd_siginfo taken{};
        if (::read(signals_, &taken, sizeof taken) == sizeof taken) source_.request_stop();
    }
}

}  // namespace lddynamo::app
