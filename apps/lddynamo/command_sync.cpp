#include "lddynamo/console.hpp"
#include "lddynamo/session.hpp"
#include "lddynamo/stop_on_signal.hpp"
#include "lddynamo/sync_lines.hpp"
#include "lddynamo/sync_setup.hpp"

#include "base/worker.hpp"
#include "datasource/poll_sync.hpp"
#include "datasource/poller.hpp"

#include <chrono>
#include <utility>
#include <vector>

namespace lddynamo::app {
namespace {

using datasource::SyncState;
using datasource::SyncStep;

Result<datasource::Poller> MakePoller(SyncArguments const& arguments) {
    auto headers = MakeSyncHeaders(arguments);
    if (!headers) return Fail(headers.error());
    datasource::PollerOptions options;
    options.headers = std::move(*headers);
    options.filter = arguments.filter;
    if (!arguments.base_uri.empty()) options.base_uri = arguments.base_uri;
    return datasource::Poller::Create(std::move(options));
}

/// @return false: stdout takes no more.
[[nodiscard]] bool Tell(SyncLines& lines, SyncStep const& step) {
    for (auto const& note : step.skipped) lines.LeftOut(note);
    std::vector<Error const*> errors;
    for (auto const* const error : {&step.poll_error, &step.store_error}) {
        if (*error) errors.push_back(&**error);
    }
    lines.Failing(errors);
    return !step.filled ||
           lines.Filled(step.filled->report, step.filled->flags, step.filled->segments);
}

int CodeOfFailure(SyncStep const& step) {
    return ExitCodeOf(step.poll_error ? *step.poll_error : *step.store_error);
}

int RunOnce(datasource::PollSync& sync, SyncLines& lines, std::stop_token const& stop) {
    auto const step = sync.Step();
    if (stop.stop_requested() && !step.filled) {
        WriteNote("stopped before the table was filled");
        return kFailed;
    }
    if (!Tell(lines, step)) return kFailed;
    if (step.Failed()) return CodeOfFailure(step);
    return step.filled && step.filled->report.oversize.empty() ? kDone : kFailed;
}

int RunForEver(datasource::PollSync& sync, SyncLines& lines, std::stop_token const& stop) {
    for (;;) {
        auto const step = sync.Step();
        // What failed then failed because of the stop.
        if (stop.stop_requested()) break;
        if (!Tell(lines, step)) return kFailed;
        if (step.state == SyncState::kOff) return CodeOfFailure(step);
        if (!base::SleepUntil(stop, step.next)) break;
    }
    WriteNote("stopped");
    return kDone;
}

}  // namespace

int RunSync(Session const& session) {
    auto const& arguments = session.Args();
    if (!arguments.sync.poll) return RunSyncByStream(session);
    auto poller = MakePoller(arguments.sync);
    if (!poller) return Report(poller.error());
    auto const signals = StopOnSignal::Create();
    if (!signals) return Report(signals.error());
    auto const stop = (*signals)->Token();
    auto store = session.MakeStore({}, stop);
    if (!store) return Report(store.error());

    auto const transport = MakeHttpTransport(SyncTransport(session, stop));
    datasource::PollSync sync(std::move(*poller), *transport, **store,
                              {.interval = arguments.sync.interval});
    SyncLines lines(arguments.common.output);
    return arguments.sync.once ? RunOnce(sync, lines, stop) : RunForEver(sync, lines, stop);
}

}  // namespace lddynamo::app
