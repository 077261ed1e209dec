#include "lddynamo/console.hpp"
#include "lddynamo/data_file.hpp"
#include "lddynamo/session.hpp"

#include "json/raw_json.hpp"

#include <lddynamo/value.hpp>

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lddynamo::app {
namespace {

struct Difference {
    DataKind kind = DataKind::kFeatures;
    std::string key{};
    char const* change = "";
    std::optional<std::int64_t> table_version{};
    std::optional<std::int64_t> file_version{};
};

/// Whether no SDK can tell the two apart: spacing and the order of members do not count.
bool SameContent(std::string const& a, std::string const& b) {
    if (a == b || json::Minify(a) == json::Minify(b)) return true;
    auto const one = Value::Parse(a);
    auto const two = Value::Parse(b);
    return one && two && *one == *two;
}

std::optional<SerializedItem> Living(ItemMap const& items, std::string const& key) {
    auto const it = items.find(key);
    if (it == items.end() || it->second.deleted) return std::nullopt;
    return it->second;
}

/// @param unreadable  keys of the table's malformed rows of that kind.
/// @return how many items are the same.
std::size_t Compare(DataKind kind, ItemMap const& table, ItemMap const& file,
                    std::vector<ItemNote> const& unreadable, std::vector<Difference>& differences) {
    std::map<std::string, bool> keys;  // to whether its row is malformed
    for (auto const& [key, item] : table) keys.emplace(key, false);
    for (auto const& [key, item] : file) keys.emplace(key, false);
    for (auto const& note : unreadable) {
        if (note.kind == kind) keys[note.key] = true;
    }
    std::size_t same = 0;
    for (auto const& [key, malformed] : keys) {
        auto const before = Living(table, key);
        auto const after = Living(file, key);
        Difference difference{.kind = kind, .key = key};
        if (before) difference.table_version = before->version;
        if (after) difference.file_version = after->version;
        if (malformed) {
            difference.change = "unreadable";
        } else if (!before && !after) {
            continue;  // deleted here and there
        } else if (!before) {
            difference.change = "added";
        } else if (!after) {
            difference.change = "removed";
        } else if (before->version != after->version) {
            difference.change = "changed";
        } else if (!SameContent(before->json, after->json)) {
            difference.change = "content";
        } else {
            ++same;
            continue;
        }
        differences.push_back(std::move(difference));
    }
    return same;
}

std::string AsJson(std::vector<Difference> const& differences, std::size_t same) {
    auto const version = [](std::optional<std::int64_t> const& number) {
        return number ? Value(*number) : Value();
    };
    std::vector<Value> rows;
    for (auto const& one : differences) {
        rows.push_back(Value::Object({{"kind", ToString(one.kind)},
                                      {"key", one.key},
                                      {"change", one.change},
                                      {"tableVersion", version(one.table_version)},
                                      {"fileVersion", version(one.file_version)}}));
    }
    return Value::Object({{"same", same}, {"differences", Value::Array(std::move(rows))}})
               .ToJson() +
           "\n";
}

std::string AsText(std::vector<Difference> const& differences) {
    if (differences.empty()) return {};
    auto const version = [](std::optional<std::int64_t> const& number) {
        return number ? std::to_string(*number) : std::string("-");
    };
    std::vector<std::vector<std::string>> rows{{"KIND", "KEY", "CHANGE", "TABLE", "FILE"}};
    for (auto const& one : differences) {
        rows.push_back({one.kind == DataKind::kFeatures ? "flag" : "segment", one.key, one.change,
                        version(one.table_version), version(one.file_version)});
    }
    return FormatTable(rows);
}

}  // namespace

int RunDiff(Session const& session) {
    auto const& arguments = session.Args();
    auto const file = ReadDataFile(arguments.file);
    if (!file) return Report(file.error());
    auto store = session.MakeStore();
    if (!store) return Report(store.error());
    auto const loaded = (*store)->LoadAll();
    if (!loaded) return Report(loaded.error());
    auto const initialized = (*store)->Initialized();
    if (!initialized) return Report(initialized.error());

    std::vector<Difference> differences;
    std::size_t same = 0;
    for (auto const kind : {DataKind::kFeatures, DataKind::kSegments}) {
        same += Compare(kind, loaded->data.Of(kind), file->data.Of(kind), loaded->malformed,
                        differences);
    }
    int const code =
        Print(arguments.common.output == OutputFormat::kJson ? AsJson(differences, same)
                                                             : AsText(differences));
    if (code != kDone) return code;
    for (auto const& note : loaded->malformed) {
        WriteNote(fmt::format("unreadable: {}: {}: {}", ToString(note.kind), note.key, note.what));
    }
    if (!*initialized) {
        int const missing = NotInitialized(session);
        if (differences.empty()) return missing;
    }
    return differences.empty() ? kDone : kDiffers;
}

}  // namespace lddynamo::app
