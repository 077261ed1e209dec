#include "lddynamo/session.hpp"
#include "lddynamo/stop_on_signal.hpp"
#include "lddynamo/sync_setup.hpp"
#include "lddynamo/sync_sink.hpp"

#include <memory>
#include <stop_token>
#include <utility>

namespace lddynamo::app {
namespace {

int Follow(datasource::DataSource& source, TableSink& sink, std::stop_token const& stop,
           bool once) {
    for (;;) {
        switch (sink.Wait(stop, once)) {
            case TableSink::Event::kStopped:
                source.Stop();
                sink.SayLast(once ? "stopped before the table was filled" : "stopped");
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
                sink.Probe([&source] { source.Refresh(); });
                break;
        }
    }
}

}  // namespace

int RunSync(Session const& session) {
    auto const signals = StopOnSignal::Create();
    if (!signals) return Report(signals.error());
    auto const stop = (*signals)->Token();
    auto store = session.MakeStore({}, stop);
    if (!store) return Report(store.error());

    auto const& arguments = session.Args();
    auto const sink = std::make_shared<TableSink>(std::shared_ptr<FeatureStore>(std::move(*store)),
                                                  arguments.common.output, session.Log());
    auto source = MakeSyncSource(session, sink);
    if (!source) return Report(source.error());
    if (auto status = (*source)->Start(sink); !status) return Report(status.error());
    int const code = Follow(**source, *sink, stop, arguments.sync.once);
    (*source)->Stop();
    return code;
}

}  // namespace lddynamo::app
