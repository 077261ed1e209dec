#include "lddynamo/session.hpp"
#include "lddynamo/stop_on_signal.hpp"
#include "lddynamo/sync_lines.hpp"
#include "lddynamo/sync_setup.hpp"

#include "datasource/stream_source.hpp"

#include "lddynamo/console.hpp"

#include <lddynamo/client_options.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace lddynamo::app {
namespace {

using std::chrono::milliseconds;

/// How long a table that failed is left alone.
constexpr milliseconds kFirstProbe{500};
constexpr milliseconds kLastProbe{30000};

/// Writes to the table what comes; the main thread waits for what is to be done about it.
class TableSink final : public datasource::DataSink {
  public:
    TableSink(std::shared_ptr<FeatureStore> store, OutputFormat output)
        : store_(std::move(store)), lines_(output) {}

    bool Init(StoreData data) override {
        auto const report = store_->Init(data);
        std::scoped_lock const lock(mutex_);
        if (!report) return Lost(report.error());
        lost_.reset();
        Say();
        stdout_ = stdout_ && lines_.Filled(*report, data.features.size(), data.segments.size());
        filled_ = true;
        complete_ = report->oversize.empty();
        changed_.notify_all();
        return true;
    }
    bool Upsert(DataKind kind, std::string_view key, SerializedItem item) override {
        auto const outcome = store_->Upsert(kind, key, item);
        std::scoped_lock const lock(mutex_);
        if (!outcome) return Lost(outcome.error());
        stdout_ = stdout_ && lines_.Upserted(kind, key, item, *outcome);
        if (!stdout_) changed_.notify_all();
        return true;
    }
    void OnStatus(DataSourceState state, std::optional<Error> error) override {
        std::scoped_lock const lock(mutex_);
        off_ = state == DataSourceState::kOff;
        if (state == DataSourceState::kValid) {
            source_error_.reset();
        } else {
            source_error_ = std::move(error);
        }
        Say();
        changed_.notify_all();
    }
    void OnEnvironmentId(std::string_view /*id*/) override {}

    /// Why the main thread is to act.
    enum class Event { kStopped, kNoOutput, kOff, kFilled, kFailed, kProbe };
    /// @param once  whether kFilled and kFailed count.
    [[nodiscard]] Event Wait(std::stop_token const& stop, bool once) {
        std::unique_lock lock(mutex_);
        for (;;) {
            if (stop.stop_requested()) return Event::kStopped;
            if (!stdout_) return Event::kNoOutput;
            if (off_) return Event::kOff;
            if (once && filled_) return Event::kFilled;
            if (once && (lost_ || source_error_)) return Event::kFailed;
            if (!lost_) {
                changed_.wait(lock, stop, [this, once] {
                    return !stdout_ || off_ || lost_ || (once && (filled_ || source_error_));
                });
            } else if (!changed_.wait_until(lock, stop, probe_at_,
                                            [this] { return !stdout_ || off_ || !lost_; })) {
                if (!stop.stop_requested()) return Event::kProbe;
            }
        }
    }
    /// Whether the table answers; if not, when to look again.
    [[nodiscard]] bool Probe() {
        bool const available = store_->CheckAvailable().has_value();
        std::scoped_lock const lock(mutex_);
        probe_ = std::min(2 * probe_, kLastProbe);
        probe_at_ = std::chrono::steady_clock::now() + probe_;
        return available;
    }
    [[nodiscard]] int CodeOfFailure() {
        std::scoped_lock const lock(mutex_);
        if (lost_) return ExitCodeOf(*lost_);
        return source_error_ ? ExitCodeOf(*source_error_) : kFailed;
    }
    [[nodiscard]] bool WasFilledWhole() {
        std::scoped_lock const lock(mutex_);
        return filled_ && complete_;
    }

  private:
    bool Lost(Error const& error) {
        if (!lost_) {
            probe_ = kFirstProbe;
            probe_at_ = std::chrono::steady_clock::now() + probe_;
        }
        lost_ = error;
        Say();
        changed_.notify_all();
        return false;
    }
    void Say() {
        std::vector<Error const*> errors;
        for (auto const* const error : {&source_error_, &lost_}) {
            if (*error) errors.push_back(&**error);
        }
        lines_.Failing(errors);
    }

    std::shared_ptr<FeatureStore> const store_;  // shared with nobody; as long as a call lasts
    std::mutex mutex_;
    std::condition_variable_any changed_;
    SyncLines lines_;  // guarded by mutex_, as all below
    bool stdout_ = true;
    bool off_ = false;
    bool filled_ = false;
    bool complete_ = false;
    std::optional<Error> source_error_{};
    std::optional<Error> lost_{};  // something that came is not in the table
    milliseconds probe_ = kFirstProbe;
    std::chrono::steady_clock::time_point probe_at_{};
};

int Follow(datasource::DataSource& source, TableSink& sink, std::stop_token const& stop,
           bool once) {
    for (;;) {
        switch (sink.Wait(stop, once)) {
            case TableSink::Event::kStopped:
                WriteNote(once ? "stopped before the table was filled" : "stopped");
                return once ? kFailed : kDone;
            case TableSink::Event::kNoOutput:
                return kFailed;
            case TableSink::Event::kOff:
            case TableSink::Event::kFailed:
                return sink.CodeOfFailure();
            case TableSink::Event::kFilled:
                return sink.WasFilledWhole() ? kDone : kFailed;
            case TableSink::Event::kProbe:
                // Only all data anew make up for what was lost.
                if (sink.Probe()) source.Refresh();
                break;
        }
    }
}

}  // namespace

int RunSyncByStream(Session const& session) {
    auto const& arguments = session.Args();
    auto headers = MakeSyncHeaders(arguments.sync);
    if (!headers) return Report(headers.error());
    auto const signals = StopOnSignal::Create();
    if (!signals) return Report(signals.error());
    auto const stop = (*signals)->Token();
    auto store = session.MakeStore({}, stop);
    if (!store) return Report(store.error());

    datasource::StreamSourceOptions options;
    options.base_uri =
        arguments.sync.base_uri.empty() ? ServiceEndpoints().streaming : arguments.sync.base_uri;
    options.headers = std::move(*headers);
    options.filter = arguments.sync.filter;
    options.logger = session.Log();
    options.make_transport = [&session](std::stop_token attempt) {
        return MakeHttpTransport(SyncTransport(session, std::move(attempt)));
    };
    auto source = datasource::MakeStreamSource(std::move(options));
    if (!source) return Report(source.error());
    auto const sink = std::make_shared<TableSink>(std::shared_ptr<FeatureStore>(std::move(*store)),
                                                  arguments.common.output);
    if (auto status = (*source)->Start(sink); !status) return Report(status.error());
    int const code = Follow(**source, *sink, stop, arguments.sync.once);
    (*source)->Stop();
    return code;
}

}  // namespace lddynamo::app
