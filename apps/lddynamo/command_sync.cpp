#include "lddynamo/console.hpp"
#include "lddynamo/init_report.hpp"
#include "lddynamo/session.hpp"
#include "lddynamo/stop_on_signal.hpp"

#include "datasource/poll_sync.hpp"
#include "datasource/poller.hpp"

#include <lddynamo/clock.hpp>
#include <lddynamo/environment.hpp>

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace lddynamo::app {
namespace {

using datasource::SyncState;
using datasource::SyncStep;

constexpr std::size_t kMaxKeyFileBytes = 4096;

/// Not of an argument: those can be seen by everyone on a machine.
Result<Secret> ReadSdkKey(SyncArguments const& arguments, Environment const& environment) {
    std::string text;
    if (!arguments.sdk_key_file.empty()) {
        auto content = environment.ReadFile(arguments.sdk_key_file, kMaxKeyFileBytes);
        if (!content) return Fail(content.error());
        text = std::move(*content);
        while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
        if (text.empty()) {
            return Fail(ErrorCode::kInvalidArgument, arguments.sdk_key_file + ": no SDK key in it");
        }
        return Secret(text);
    }
    for (char const* name : {"LDDYNAMO_SDK_KEY", "LAUNCHDARKLY_SDK_KEY"}) {
        if (auto const value = environment.GetNonEmpty(name)) return Secret(*value);
    }
    return Fail(ErrorCode::kInvalidArgument,
                "no SDK key: set LDDYNAMO_SDK_KEY or LAUNCHDARKLY_SDK_KEY, or give --sdk-key-file");
}

Result<datasource::Poller> MakePoller(SyncArguments const& arguments) {
    auto key = ReadSdkKey(arguments, ProcessEnvironment());
    if (!key) return Fail(key.error());
    auto headers = datasource::MakeServiceHeaders(*key);
    if (!headers) return Fail(headers.error());
    datasource::PollerOptions options;
    options.headers = std::move(*headers);
    options.filter = arguments.filter;
    if (!arguments.base_uri.empty()) options.base_uri = arguments.base_uri;
    return datasource::Poller::Create(std::move(options));
}

/// Tells what happened, once: an outage is one line when it begins and one when it is over.
class StatusLines {
  public:
    explicit StatusLines(OutputFormat output) : output_(output) {}

    /// @return false: stdout takes no more.
    [[nodiscard]] bool Tell(SyncStep const& step) {
        for (auto const& note : step.skipped) {
            WriteNote(
                fmt::format("left out: {}: '{}': {}", ToString(note.kind), note.key, note.what));
        }
        TellErrors(step);
        return !step.filled || TellFilled(*step.filled);
    }

  private:
    void TellErrors(SyncStep const& step) {
        std::string now;
        for (auto const* const error : {&step.poll_error, &step.store_error}) {
            if (!*error) continue;
            if (!now.empty()) now += "; ";
            now += (*error)->Describe();
        }
        if (now.empty() && !outage_.empty()) WriteNote("recovered");
        // Request ids make every message another one.
        std::string const gist = Gist(step);
        if (!now.empty() && gist != outage_) WriteNote(now);
        outage_ = gist;
    }
    static std::string Gist(SyncStep const& step) {
        std::string gist;
        for (auto const* const error : {&step.poll_error, &step.store_error}) {
            if (!*error) continue;
            gist += fmt::format("{} {} {};", ToString((*error)->code), (*error)->http_status,
                                (*error)->service_code);
        }
        return gist;
    }
    bool TellFilled(SyncStep::Filled const& filled) {
        NoteWhatInitLeft(filled.report);
        if (output_ == OutputFormat::kJson) return Print(InitReportJson(filled.report)) == kDone;
        auto text = InitReportText(filled.report, filled.flags, filled.segments);
        text.pop_back();
        WriteNote("synced: " + text);
        return true;
    }

    OutputFormat output_;
    std::string outage_{};
};

/// @return false: a stop was asked for.
bool PauseUntil(std::chrono::steady_clock::time_point time, std::stop_token const& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_until(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

int CodeOfFailure(SyncStep const& step) {
    return ExitCodeOf(step.poll_error ? *step.poll_error : *step.store_error);
}

int RunOnce(datasource::PollSync& sync, StatusLines& lines, std::stop_token const& stop) {
    auto const step = sync.Step();
    if (stop.stop_requested() && !step.filled) {
        WriteNote("stopped before the table was filled");
        return kFailed;
    }
    if (!lines.Tell(step)) return kFailed;
    if (step.Failed()) return CodeOfFailure(step);
    return step.filled && step.filled->report.oversize.empty() ? kDone : kFailed;
}

int RunForEver(datasource::PollSync& sync, StatusLines& lines, std::stop_token const& stop) {
    for (;;) {
        auto const step = sync.Step();
        // What failed then failed because of the stop.
        if (stop.stop_requested()) break;
        if (!lines.Tell(step)) return kFailed;
        if (step.state == SyncState::kOff) return CodeOfFailure(step);
        if (!PauseUntil(step.next, stop)) break;
    }
    WriteNote("stopped");
    return kDone;
}

}  // namespace

int RunSync(Session const& session) {
    auto const& arguments = session.Args();
    auto poller = MakePoller(arguments.sync);
    if (!poller) return Report(poller.error());
    auto const signals = StopOnSignal::Create();
    if (!signals) return Report(signals.error());
    auto const stop = (*signals)->Token();
    auto store = session.MakeStore({}, stop);
    if (!store) return Report(store.error());

    HttpTransportOptions http;
    http.connect_timeout = std::chrono::seconds(10);
    http.logger = session.Log();
    http.stop = stop;
    auto const transport = MakeHttpTransport(std::move(http));
    datasource::PollSync sync(std::move(*poller), *transport, **store,
                              {.interval = arguments.sync.interval});
    StatusLines lines(arguments.common.output);
    return arguments.sync.once ? RunOnce(sync, lines, stop) : RunForEver(sync, lines, stop);
}

}  // namespace lddynamo::app
