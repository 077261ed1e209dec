#include "lddynamo/console.hpp"
#include "lddynamo/session.hpp"

#include "json/raw_json.hpp"

#include <fmt/format.h>

namespace lddynamo::app {
namespace {

/// `"name":{` and one item a line, so that two exports can be compared by lines.
void AppendItems(std::string& out, char const* name, ItemMap const& items) {
    out += fmt::format("\"{}\":{{", name);
    bool first = true;
    for (auto const& [key, item] : items) {
        if (item.deleted) continue;
        out += first ? "\n" : ",\n";
        first = false;
        json::AppendQuoted(out, key);
        out += ':';
        out += item.json;
    }
    out += first ? "}" : "\n}";
}

}  // namespace

int RunExport(Session const& session) {
    auto store = session.MakeStore();
    if (!store) return Report(store.error());
    auto const loaded = (*store)->LoadAll();
    if (!loaded) return Report(loaded.error());
    auto const initialized = (*store)->Initialized();
    if (!initialized) return Report(initialized.error());

    auto const& data = loaded->data;
    if (!*initialized && data.features.empty() && data.segments.empty() &&
        loaded->malformed.empty()) {
        WriteNote(fmt::format("table {} is not initialized for this prefix: nothing to export",
                              session.Args().common.table));
        return kNotFoundOrNotInitialized;
    }
    std::string out = "{";
    AppendItems(out, "flags", data.features);
    out += ",\n";
    AppendItems(out, "segments", data.segments);
    out += "}\n";
    if (int const code = Print(out); code != kDone) return code;

    if (!*initialized)
        WriteNote("the table is not marked as initialized: the export may be partial");
    for (auto const& note : loaded->malformed) {
        WriteNote(fmt::format("left out {}: {}: {}", ToString(note.kind), note.key, note.what));
    }
    return loaded->malformed.empty() ? kDone : kFailed;
}

}  // namespace lddynamo::app
