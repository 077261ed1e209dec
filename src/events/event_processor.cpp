#include "events/event_processor.hpp"

#include "events/delivery_loop.hpp"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace lddynamo::events {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kToDeliver{500};
constexpr milliseconds kToCancel{400};

/// Threads started meanwhile get no signals from elsewhere: those are for the program's own
/// threads. What a thread brings on itself, and profiling, is as everywhere.
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

class EventProcessor final : public EventSink {
  public:
    explicit EventProcessor(EventProcessorOptions options)
        : logger_(options.logger), loop_(std::make_shared<DeliveryLoop>(std::move(options))) {
        try {
            SignalsBlocked const blocked;
            thread_ = std::thread([loop = loop_] {
                ::pthread_setname_np(::pthread_self(), "lddynamo-events");
                loop->Run();
            });
        } catch (std::system_error const&) {
            logger_.Error("events: the system gives no thread to deliver them");
            loop_->Recorder().Stop();
        }
    }
    ~EventProcessor() override { Close(); }

    void Evaluated(Context const& context, FlagEvaluation const& evaluation) noexcept override {
        Record([&] { loop_->Recorder().Evaluated(context, evaluation, loop_->Now()); });
    }
    void Identified(Context const& context) noexcept override {
        Record([&] { loop_->Recorder().Identified(context, loop_->Now()); });
    }
    void Tracked(Context const& context, std::string_view key, Value const& data,
                 std::optional<double> metric) noexcept override {
        Record([&] { loop_->Recorder().Tracked(context, key, data, metric, loop_->Now()); });
    }
    void Migrated(Context const& context, MigrationOperation const& operation) noexcept override {
        Record([&] { loop_->Recorder().Migrated(context, operation, loop_->Now()); });
    }

    void Flush() noexcept override {
        if (!IsForked()) loop_->RequestFlush();
    }

    [[nodiscard]] bool FlushAndWait(milliseconds timeout) noexcept override {
        try {
            return !IsForked() && loop_->FlushAndWait(timeout);
        } catch (std::exception const&) {
            return false;
        }
    }

    void Close() noexcept override {
        loop_->Recorder().Stop();
        if (IsForked()) {
            // The thread is the parent's. What it holds stays: it would never let go of it here.
            if (thread_.joinable()) thread_.detach();
            return;
        }
        std::scoped_lock const lock(closing_);
        if (!thread_.joinable()) return;
        loop_->RequestEnd();
        if (!loop_->AwaitEnd(kToDeliver)) {
            loop_->Cancel();
            if (!loop_->AwaitEnd(kToCancel)) {
                logger_.Warn("events: a name cannot be resolved in time; not waiting for it");
                thread_.detach();  // keeps its part of the loop
                return;
            }
        }
        thread_.join();
    }

  private:
    template <class Work>
    void Record(Work const& work) noexcept {
        if (loop_->Recorder().Stopped()) return;
        try {
            work();
        } catch (std::exception const&) {
            // No memory: the event is lost, and what the caller is doing goes on.
        }
    }

    [[nodiscard]] bool IsForked() const noexcept { return ::getpid() != process_; }

    Logger const logger_;
    pid_t const process_ = ::getpid();
    std::shared_ptr<DeliveryLoop> const loop_;  // shared with the thread, which may outlive this
    std::mutex closing_;
    std::thread thread_;  // guarded by closing_
};

}  // namespace

std::unique_ptr<EventSink> MakeEventProcessor(EventProcessorOptions options) {
    return std::make_unique<EventProcessor>(std::move(options));
}

}  // namespace lddynamo::events
