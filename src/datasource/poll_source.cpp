#include "datasource/poll_source.hpp"

#include "datasource/reconnect_delay.hpp"
#include "datasource/threaded_source.hpp"
#include "http/redirect.hpp"

#include <utility>
#include <variant>

namespace lddynamo::datasource {
namespace {

/// What the thread uses; it may outlive the source.
struct Polling {
    Polling(Poller p, PollSourceOptions o) : poller(std::move(p)), options(std::move(o)) {}

    Poller poller;
    PollSourceOptions options;
    std::shared_ptr<DataSink> sink{};
    Attempts attempts{};

    // Of the thread:
    std::stop_token stop{};  // of the transport
    std::unique_ptr<HttpTransport> transport{};

    void Run();

  private:
    /// Asks once, and waits until the next time. @return false: that was the last.
    [[nodiscard]] bool Ask();
    [[nodiscard]] bool Take(PollOutcome outcome, std::chrono::milliseconds& pause);
};

bool Polling::Take(PollOutcome outcome, std::chrono::milliseconds& pause) {
    if (auto* const failure = std::get_if<ServiceFailure>(&outcome)) {
        bool const last = failure->permanent && !options.retry_refused;
        if (failure->permanent) {
            pause = ReconnectDelay(options.interval, options.random).NextRefused();
        }
        sink->OnStatus(last ? DataSourceState::kOff : DataSourceState::kInterrupted,
                       std::move(failure->error));
        return !last;
    }
    if (auto* const polled = std::get_if<PolledData>(&outcome)) {
        auto const& left_out = polled->document.skipped;
        LogLeftOut(options.logger, left_out);
        if (!left_out.empty()) sink->OnLeftOut(left_out);
        if (!sink->Init(std::move(polled->document.data))) {
            poller.Forget();
            return true;
        }
    }
    sink->OnStatus(DataSourceState::kValid, std::nullopt);
    return true;
}

void Polling::Run() {
    while (!attempts.Stopped()) {
        bool more = true;
        bool const done = Guarded(*sink, options.logger, [&] { more = Ask(); });
        if (!more) return;
        if (done) continue;
        // Whatever it was at is to be asked for as a whole.
        poller.Forget();
        transport.reset();
        attempts.Pause(options.interval);
    }
}

bool Polling::Ask() {
    if (!transport) {
        stop = attempts.Begin();
        transport = options.make_transport(stop);
    }
    auto const answer = http::SendOn(*transport, poller.Request());
    if (attempts.Stopped()) return false;
    if (answer) {
        if (auto const* const id = answer->Header(kEnvironmentIdHeader)) sink->OnEnvironmentId(*id);
    }
    auto pause = options.interval;
    // An answer that a refresh cut short is no news.
    if (!stop.stop_requested() && !Take(poller.Read(answer), pause)) return false;
    if (!stop.stop_requested()) attempts.Pause(pause);
    // Asked once: a refresh that comes later ends the next attempt.
    bool const refreshed = stop.stop_requested();
    if (attempts.TakeRefresh() || refreshed) poller.Forget();
    if (refreshed) transport.reset();
    return true;
}

}  // namespace

std::unique_ptr<DataSource> MakePollSource(Poller poller, PollSourceOptions options) {
    return std::make_unique<ThreadedSource<Polling>>(
        std::make_shared<Polling>(std::move(poller), std::move(options)));
}

}  // namespace lddynamo::datasource
