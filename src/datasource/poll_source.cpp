#include "datasource/poll_source.hpp"

#include "base/worker.hpp"
#include "datasource/attempts.hpp"
#include "datasource/reconnect_delay.hpp"

#include <string>
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

    void Run();

  private:
    /// @return false: that was the last.
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
        for (auto const& note : polled->document.skipped) {
            options.logger.Warn("left out: " + std::string(ToString(note.kind)) + ": '" + note.key +
                                "': " + note.what);
        }
        if (!sink->Init(std::move(polled->document.data))) {
            poller.Forget();
            return true;
        }
    }
    sink->OnStatus(DataSourceState::kValid, std::nullopt);
    return true;
}

void Polling::Run() {
    auto stop = attempts.Begin();
    auto transport = options.make_transport(stop);
    while (!attempts.Stopped()) {
        auto const answer = transport->Send(poller.Request());
        if (attempts.Stopped()) return;
        if (answer) {
            if (auto const* const id = answer->Header(kEnvironmentIdHeader)) {
                sink->OnEnvironmentId(*id);
            }
        }
        auto pause = options.interval;
        // An answer that a refresh cut short is no news.
        if (!stop.stop_requested() && !Take(poller.Read(answer), pause)) return;
        if (!stop.stop_requested()) attempts.Pause(pause);
        if (attempts.TakeRefresh()) poller.Forget();
        if (stop.stop_requested()) {
            stop = attempts.Begin();
            transport = options.make_transport(stop);
        }
    }
}

class PollSource final : public DataSource {
  public:
    explicit PollSource(std::shared_ptr<Polling> polling) : polling_(std::move(polling)) {}
    ~PollSource() override { Stop(); }

    Status Start(std::shared_ptr<DataSink> sink) override {
        polling_->sink = std::move(sink);
        if (worker_.Start([polling = polling_](std::stop_token const&) { polling->Run(); })) {
            return {};
        }
        return Fail(ErrorCode::kInternal, "no thread can be started");
    }
    void Stop() noexcept override {
        polling_->attempts.Stop();
        worker_.Stop();
    }
    void Refresh() noexcept override { polling_->attempts.Refresh(); }

  private:
    std::shared_ptr<Polling> const polling_;  // shared with the thread
    base::Worker worker_;
};

}  // namespace

std::unique_ptr<DataSource> MakePollSource(Poller poller, PollSourceOptions options) {
    return std::make_unique<PollSource>(
        std::make_shared<Polling>(std::move(poller), std::move(options)));
}

}  // namespace lddynamo::datasource
