#include "events/event_processor.hpp"

#include "base/worker.hpp"
#include "events/delivery_loop.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <stop_token>
#include <utility>

namespace lddynamo::events {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

class EventProcessor final : public EventSink {
  public:
    explicit EventProcessor(EventProcessorOptions options)
        : logger_(options.logger),
          deliver_patience_(options.deliver_patience),
          cancel_patience_(options.cancel_patience),
          loop_(std::make_shared<DeliveryLoop>(std::move(options))) {
        running_ = worker_.Start("lddynamo-events",
                                 [loop = loop_](std::stop_token const&) { loop->Run(); });
        if (!running_) {
            logger_.Error("events: the system gives no thread to deliver them");
            loop_->Recorder().Stop();
            return;
        }
        auto const& sender = loop_->Sender();
        if (!sender) return;
        diagnoses_ = diagnostic_worker_.Start("lddynamo-diag",
                                              [sender](std::stop_token const&) { sender->Run(); });
        if (!diagnoses_) logger_.Error("events: the system gives no thread for diagnostic ones");
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

    void StreamOpened(StreamInit const& init) noexcept override {
        Record([&] { loop_->StreamOpened(init); });
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
        if (IsForked()) return;
        std::scoped_lock const lock(closing_);
        if (!std::exchange(running_, false)) return;
        auto const delivered_by = SteadyClock::now() + deliver_patience_;
        loop_->RequestEnd();
        if (!loop_->AwaitEnd(delivered_by)) loop_->Cancel();
        if (diagnoses_) {  // which the loop gives work to until its end
            loop_->Sender()->RequestEnd();
            if (!loop_->Sender()->AwaitEnd(delivered_by)) loop_->Sender()->Cancel();
        }
        auto const ended_by = SteadyClock::now() + cancel_patience_;
        bool const ended = StopBy(worker_, ended_by);
        if (!(StopBy(diagnostic_worker_, ended_by) && ended)) {
            logger_.Warn("events: a name cannot be resolved in time; not waiting for it");
        }
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

    static bool StopBy(base::Worker& worker, SteadyClock::time_point time) noexcept {
        auto const left = std::chrono::ceil<milliseconds>(time - SteadyClock::now());
        return worker.Stop(std::max(left, milliseconds::zero()));
    }

    [[nodiscard]] bool IsForked() const noexcept { return ::getpid() != process_; }

    Logger const logger_;
    milliseconds const deliver_patience_;
    milliseconds const cancel_patience_;
    pid_t const process_ = ::getpid();
    std::shared_ptr<DeliveryLoop> const loop_;  // shared with the thread, which may outlive this
    base::Worker worker_;
    base::Worker diagnostic_worker_;
    bool diagnoses_ = false;  // the latter was started
    std::mutex closing_;
    bool running_ = false;  // guarded by closing_
};

}  // namespace

std::unique_ptr<EventSink> MakeEventProcessor(EventProcessorOptions options) {
    return std::make_unique<EventProcessor>(std::move(options));
}

}  // namespace lddynamo::events
