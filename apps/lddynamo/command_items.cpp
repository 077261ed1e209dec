#include "lddynamo/console.hpp"
#include "lddynamo/session.hpp"

#include "model/flag.hpp"
#include "model/segment.hpp"

#include <lddynamo/value.hpp>

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::app {
namespace {

/// What a listing says of an item beside key, version and size.
struct Summary {
    std::string on{};    // "on", "off", "deleted"; "-" for segments
    std::string kind{};  // the variations' type, or what kind of segment
};

char const* TypeName(Value const& value) noexcept {
    switch (value.GetType()) {
        case Value::Type::kBool:
            return "boolean";
        case Value::Type::kNumber:
            return "number";
        case Value::Type::kString:
            return "string";
        default:
            return "json";
    }
}

Summary SummarizeFlag(std::string_view json) {
    auto const flag = model::DecodeFlag(json);
    if (!flag) return {"?", "unreadable"};
    Summary summary{(*flag)->on ? "on" : "off", "none"};
    for (auto const& variation : (*flag)->variations) {
        char const* const type = TypeName(variation);
        if (summary.kind != "none" && summary.kind != type) return {summary.on, "mixed"};
        summary.kind = type;
    }
    return summary;
}

Summary SummarizeSegment(std::string_view json) {
    auto const segment = model::DecodeSegment(json);
    if (!segment) return {"-", "unreadable"};
    return {"-", (*segment)->unbounded ? "big" : "standard"};
}

Summary Summarize(DataKind kind, SerializedItem const& item) {
    if (item.deleted) return {"deleted", "-"};
    return kind == DataKind::kFeatures ? SummarizeFlag(item.json) : SummarizeSegment(item.json);
}

Value ToJsonRow(std::string const& key, SerializedItem const& item, Summary const& summary) {
    Value const on = summary.on == "on"    ? Value(true)
                     : summary.on == "off" ? Value(false)
                                           : Value();
    return Value::Object({{"key", key},
                          {"version", item.version},
                          {"on", on},
                          {"kind", summary.kind},
                          {"size", item.json.size()},
                          {"deleted", item.deleted}});
}

}  // namespace

int RunList(Session const& session) {
    auto const& arguments = session.Args();
    auto store = session.MakeStore();
    if (!store) return Report(store.error());
    auto const all = (*store)->All(arguments.kind);
    if (!all) return Report(all.error());
    if (all->items.empty() && all->malformed.empty()) {
        auto const initialized = (*store)->Initialized();
        if (!initialized) return Report(initialized.error());
        if (!*initialized) return NotInitialized(session);
    }

    int code = kDone;
    if (arguments.common.output == OutputFormat::kJson) {
        std::vector<Value> rows;
        for (auto const& [key, item] : all->items) {
            rows.push_back(ToJsonRow(key, item, Summarize(arguments.kind, item)));
        }
        code = Print(Value::Array(std::move(rows)).ToJson() + "\n");
    } else {
        std::vector<std::vector<std::string>> rows{{"KEY", "VERSION", "ON", "KIND", "SIZE"}};
        for (auto const& [key, item] : all->items) {
            auto summary = Summarize(arguments.kind, item);
            rows.push_back({key, std::to_string(item.version), std::move(summary.on),
                            std::move(summary.kind), std::to_string(item.json.size())});
        }
        code = Print(FormatTable(rows));
    }
    for (auto const& note : all->malformed) {
        WriteNote(fmt::format("left out {}: {}: {}", ToString(note.kind), note.key, note.what));
    }
    return code;
}

int RunGet(Session const& session) {
    auto const& arguments = session.Args();
    char const* const what = arguments.kind == DataKind::kFeatures ? "flag" : "segment";
    auto store = session.MakeStore();
    if (!store) return Report(store.error());
    auto const item = (*store)->Get(arguments.kind, arguments.key);
    if (!item) return Report(item.error());
    if (!*item) {
        WriteNote(
            fmt::format("{} '{}' is not in table {}", what, arguments.key, arguments.common.table));
        return kNotFoundOrNotInitialized;
    }
    if ((*item)->deleted) {
        WriteNote(
            fmt::format("{} '{}' is deleted (version {})", what, arguments.key, (*item)->version));
        return kNotFoundOrNotInitialized;
    }
    return Print((*item)->json + "\n");
}

}  // namespace lddynamo::app
