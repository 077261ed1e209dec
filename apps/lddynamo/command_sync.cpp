#include "lddynamo/session.hpp"
#include "lddynamo/stop_on_signal.hpp"
#include "lddynamo/sync_setup.hpp"
#include "lddynamo/sync_sink.hpp"

#include "base/longest.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace lddynamo::app {
namespace {

using std::chrono::steady_clock;

/// Until when a table is to be filled; empty: it is to be followed for ever.
std::optional<steady_clock::time_point> OnceUntil(SyncArguments const& arguments) {
    if (!arguments.once) return std::nullopt;
    auto const time = arguments.timeout.count() > 0 ? arguments.timeout : base::kLongest;
    return steady_clock::now() + time;
}

/// What only another configuration mends; all else may pass, and sync goes on until it does.
bool IsOfConfiguration(Error const& error) {
    bool const sent = error.http_status != 0 || error.retryable;
    return !sent &&
           (error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kCredentials);
}

int Follow(datasource::DataSource& source, TableSink& sink, StopOnSignal& signals,
           SyncArguments const& arguments,
           std::optional<steady_clock::time_point> const& once_until) {
    auto const end = [&](std::string const& last) {
        signals.Stop();  // a request to DynamoDB that is under way
        source.Stop();
        sink.SayLast(last);
        return once_until ? kFailed : kDone;
    };
    for (;;) {
        switch (sink.Wait(signals.Token(), once_until)) {
            case TableSink::Event::kStopped:
                return end(once_until ? "stopped before the table was filled" : "stopped");
            case TableSink::Event::kLate:
                return end(fmt::format("not filled within {} s: {}", arguments.timeout.count(),
                                       sink.WhatIsMissing()));
            case TableSink::Event::kNoOutput:
                return kFailed;
            case TableSink::Event::kOff:
            case TableSink::Event::kFailed:
                return sink.CodeOfFailure();
            case TableSink::Event::kFilled:
                return sink.WasFilledWhole() ? kDone : kFailed;
            case TableSink::Event::kProbe:
                // Only all data anew make up for what was lost.
                sink.Probe([&source] { source.Refresh(); });
                break;
        }
    }
}

}  // namespace

int RunSync(Session const& session) {
    auto const& arguments = session.Args();
    auto const once_until = OnceUntil(arguments.sync);
    auto const signals = StopOnSignal::Create();
    if (!signals) return Report(signals.error());
    auto store = session.MakeStore({}, (*signals)->Token());
    if (!store) return Report(store.error());

    auto const shared_store = std::shared_ptr<FeatureStore>(std::move(*store));
    auto const sink =
        std::make_shared<TableSink>(shared_store, arguments.common.output, session.Log());
    auto source = MakeSyncSource(session);
    if (!source) return Report(source.error());
    // Before LaunchDarkly is asked for what could not be written.
    if (auto const available = shared_store->CheckAvailable(); !available) {
        bool const late = once_until && steady_clock::now() >= *once_until;
        if (late || IsOfConfiguration(available.error())) return Report(available.error());
    }
    sink->Begin();
    if (auto status = (*source)->Start(sink); !status) return Report(status.error());
    int const code = Follow(**source, *sink, **signals, arguments.sync, once_until);
    (*source)->Stop();
    return code;
}

}  // namespace lddynamo::app
