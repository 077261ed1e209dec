#include "lddynamo/console.hpp"
#include "lddynamo/session.hpp"

#include <lddynamo/value.hpp>

#include <fmt/format.h>

namespace lddynamo::app {
namespace {

/// Writers that are quicker each time are a failure in the end.
constexpr int kMaxTries = 5;

int Done(Session const& session, std::int64_t version) {
    auto const& arguments = session.Args();
    if (arguments.common.output == OutputFormat::kJson) {
        return Print(Value::Object({{"kind", ToString(arguments.kind)},
                                    {"key", arguments.key},
                                    {"version", version},
                                    {"deleted", true}})
                         .ToJson() +
                     "\n");
    }
    return Print(fmt::format("{} '{}' is deleted (version {})\n",
                             arguments.kind == DataKind::kFeatures ? "flag" : "segment",
                             Printable(arguments.key), version));
}

}  // namespace

int RunDelete(Session const& session) {
    auto const& arguments = session.Args();
    auto const name = fmt::format(
        "{} '{}'", arguments.kind == DataKind::kFeatures ? "flag" : "segment", arguments.key);
    auto store = session.MakeStore();
    if (!store) return Report(store.error());
    for (int tries = 0; tries < kMaxTries; ++tries) {
        std::int64_t version = arguments.version.value_or(0);
        if (!arguments.version) {
            auto const item = (*store)->Get(arguments.kind, arguments.key);
            if (!item) return Report(item.error());
            if (!*item) {
                WriteNote(fmt::format("{} is not in table {}", name, arguments.common.table));
                return kNotFoundOrNotInitialized;
            }
            if ((*item)->deleted) {
                WriteNote(
                    fmt::format("{} is deleted already (version {})", name, (*item)->version));
                return kNotFoundOrNotInitialized;
            }
            version = (*item)->version + 1;
        }
        auto const outcome = (*store)->Delete(arguments.kind, arguments.key, version);
        if (!outcome) return Report(outcome.error());
        if (*outcome == UpsertOutcome::kWritten) return Done(session, version);
        if (*outcome == UpsertOutcome::kOversize) break;  // a tombstone never is
        if (arguments.version) {
            WriteNote(
                fmt::format("{} is stale: version {} or a newer one is stored; nothing was "
                            "written",
                            name, version));
            return kFailed;
        }
    }
    WriteNote(fmt::format("{} was not deleted: somebody else keeps writing it", name));
    return kFailed;
}

}  // namespace lddynamo::app
