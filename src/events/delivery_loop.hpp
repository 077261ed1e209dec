/// @file
/// DeliveryLoop: what the event thread does, and how it is asked for more.
/// Layer: events.
#pragma once

#include "events/diagnostic_sender.hpp"
#include "events/diagnostics.hpp"
#include "events/event_delivery.hpp"
#include "events/event_processor.hpp"
#include "events/event_recorder.hpp"
#include "events/event_sink.hpp"
#include "events/event_writer.hpp"
#include "events/schedule.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lddynamo::events {

/// @par Thread safety  Run is for one thread; all others may be called from any thread at once.
class DeliveryLoop {
  public:
    explicit DeliveryLoop(EventProcessorOptions options);

    [[nodiscard]] EventRecorder& Recorder() noexcept { return recorder_; }
    /// What sends the diagnostic events that Run gives it; nullptr: there are none.
    [[nodiscard]] std::shared_ptr<DiagnosticSender> const& Sender() const noexcept {
        return diagnostic_sender_;
    }
    [[nodiscard]] UnixMilliseconds Now() const noexcept { return ToUnixMilliseconds(clock_.Now()); }

    /// Delivers until RequestEnd or Cancel.
    void Run() noexcept;

    void StreamOpened(StreamInit const& init);
    void RequestFlush();
    /// @return whether everything recorded before was delivered in time.
    [[nodiscard]] bool FlushAndWait(std::chrono::milliseconds timeout);
    /// Run delivers what there is once more, and returns.
    void RequestEnd();
    /// Ends an exchange under way, and waiting for a flush; the clock is not touched any more.
    void Cancel();
    /// @return whether Run has ended.
    [[nodiscard]] bool AwaitEnd(std::chrono::steady_clock::time_point until);

  private:
    /// One call of FlushAndWait, on its stack.
    struct Waiter {
        std::uint64_t flush = 0;  ///< The number of the flush that it waits for.
        bool done = false;
        bool delivered = true;  ///< Nothing failed since it began to wait.
    };

    /// Runs `work`, and makes a failure of what it throws.
    bool Guarded(std::function<bool()> const& work) noexcept;
    [[nodiscard]] bool MakeTransport();
    [[nodiscard]] bool Deliver();
    [[nodiscard]] bool SendStatistics(UnixMilliseconds now);
    /// Says what was lost by the end.
    [[nodiscard]] bool CountLost();
    void FinishFlushes(std::uint64_t upto, bool delivered);

    Clock& clock_;
    Logger const logger_;
    http::TransportFactory const make_transport_;
    Schedule::Intervals intervals_;
    std::stop_source stop_;
    EventRecorder recorder_;
    EventWriter const writer_;
    EventDelivery const delivery_;
    std::shared_ptr<DiagnosticSender> diagnostic_sender_;  // shared with its thread

    // Of Run's thread:
    std::optional<Diagnostics> diagnostics_;
    std::unique_ptr<HttpTransport> transport_;
    std::size_t events_in_last_batch_ = 0;
    std::size_t cut_off_ = 0;  // events whose delivery the end cut off
    bool refused_ = false;     // LaunchDarkly wants no more

    std::mutex mutex_;
    std::condition_variable asked_;
    std::condition_variable done_;
    // Guarded by mutex_:
    std::uint64_t flushes_asked_ = 0;
    std::uint64_t flushes_done_ = 0;
    std::vector<Waiter*> waiters_;
    std::vector<StreamInit> stream_inits_;  // since the last statistics; the first so many
    bool ending_ = false;
    bool cancelled_ = false;
    bool ended_ = false;
};

}  // namespace lddynamo::events
