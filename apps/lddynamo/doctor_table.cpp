#include "lddynamo/doctor.hpp"

#include <lddynamo/dynamodb_feature_store.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

namespace lddynamo::app {
namespace {

using Status = Check::Status;
using What = store::ForeignRows::What;

/// Lines that a person reads; JSON has them all.
constexpr std::size_t kMaxLines = 10;
/// After this long LaunchDarkly's SDKs call Big Segments stale.
constexpr std::int64_t kStaleSeconds = 120;

std::string Noun(DataKind kind) {
    return kind == DataKind::kFeatures ? "flag" : "segment";
}
std::string Name(ItemKey const& item) {
    return fmt::format("{} '{}'", Noun(item.kind), item.key);
}

/// The first rows for people, all of them for programs.
template <class Rows, class Line, class Json>
void List(Check& check, char const* name, Rows const& rows, Line const& line, Json const& json) {
    std::vector<Value> values;
    for (auto const& row : rows) {
        if (values.size() < kMaxLines) check.lines.push_back(line(row));
        values.push_back(json(row));
    }
    if (values.size() > kMaxLines) {
        check.lines.push_back(fmt::format("and {} more", values.size() - kMaxLines));
    }
    check.details.push_back({name, Value::Array(std::move(values))});
}

void ExamineMarker(store::Survey const& survey, Diagnosis& diagnosis) {
    auto& check = diagnosis.Add("marker", survey.initialized ? Status::kOk : Status::kFail,
                                survey.initialized ? "initialized" : "not initialized");
    if (!survey.initialized) {
        check.remedy = survey.layout.older + survey.layout.both > 0
                           ? "lddynamo migrate"
                           : "import flags with lddynamo import, or let an SDK or the Relay Proxy "
                             "write them";
    }
    check.details = {{"initialized", survey.initialized}};
}

void ExamineCounts(store::Survey const& survey, std::size_t max_rows, Diagnosis& diagnosis) {
    auto& check =
        diagnosis.Add("rows", survey.rows_cut ? Status::kWarn : Status::kOk,
                      fmt::format("{} flags, {} segments; tombstones: {} and {}",
                                  survey.features.living, survey.segments.living,
                                  survey.features.tombstones, survey.segments.tombstones));
    if (survey.rows_cut) {
        check.summary += fmt::format("; cut after {} rows", survey.rows);
        check.remedy = fmt::format("look at more with --max-rows (now {})", max_rows);
    }
    check.details = {{"flags", survey.features.living},
                     {"flagTombstones", survey.features.tombstones},
                     {"segments", survey.segments.living},
                     {"segmentTombstones", survey.segments.tombstones},
                     {"read", survey.rows},
                     {"cut", survey.rows_cut}};
}

std::vector<std::string> Writers(store::LayoutSurvey const& layout) {
    std::vector<std::string> writers;
    if (layout.older > 0) writers.emplace_back("the older Go package wrote rows");
    if (layout.both > 0) writers.emplace_back("lddynamo migrate went over rows of that package");
    if (layout.null_tombstones > 0) writers.emplace_back("the Java or .NET SDK deleted items");
    if (layout.short_tombstones > 0) {
        writers.emplace_back("the Python SDK, LaunchDarkly's stream or lddynamo deleted items");
    }
    if (layout.full_tombstones > 0) {
        writers.emplace_back("the Go, Node or Ruby SDK deleted items");
    }
    return writers;
}

void ExamineLayout(store::Survey const& survey, Diagnosis& diagnosis) {
    auto const& layout = survey.layout;
    char const* const name = survey.rows == 0                     ? "empty"
                             : layout.older == 0                  ? "official"
                             : layout.official + layout.both == 0 ? "older"
                                                                  : "mixed";
    bool const odd = layout.older + layout.without_item + layout.without_version > 0;
    auto& check = diagnosis.Add("layout", odd ? Status::kWarn : Status::kOk,
                                survey.rows == 0 ? "no rows" : fmt::format("{} layout", name));
    if (layout.both > 0) {
        check.lines.push_back(
            fmt::format("{} rows carry attributes of the older layout too", layout.both));
    }
    if (layout.older > 0) {
        check.lines.push_back(
            fmt::format("{} rows of the older layout: no official SDK reads them", layout.older));
        check.remedy = "lddynamo migrate";
    }
    if (layout.without_item > 0) {
        check.lines.push_back(
            fmt::format("{} rows without `item`: read as deleted, and an error to some SDKs",
                        layout.without_item));
        if (check.remedy.empty()) check.remedy = "lddynamo migrate";
    }
    if (layout.without_version > 0) {
        check.lines.push_back(
            fmt::format("{} rows without `version`: the Go, Python and Ruby SDKs can never update "
                        "them, Java and .NET cannot read them",
                        layout.without_version));
        if (check.remedy.empty()) check.remedy = "import the flags anew";
    }
    auto const writers = Writers(layout);
    std::vector<Value> hints(writers.begin(), writers.end());
    for (auto const& writer : writers) check.lines.push_back(writer);
    check.details = {{"layout", name},
                     {"official", layout.official},
                     {"both", layout.both},
                     {"older", layout.older},
                     {"withoutItem", layout.without_item},
                     {"withoutVersion", layout.without_version},
                     {"nullTombstones", layout.null_tombstones},
                     {"shortTombstones", layout.short_tombstones},
                     {"fullTombstones", layout.full_tombstones},
                     {"writers", Value::Array(std::move(hints))}};
}

void ExamineItems(store::Survey const& survey, Diagnosis& diagnosis) {
    auto& size = diagnosis.Add(
        "size", survey.large.empty() ? Status::kOk : Status::kWarn,
        survey.large.empty()
            ? "every row is under 300,000 bytes"
            : fmt::format("{} rows are near the limit of 400,000 bytes", survey.large.size()));
    if (!survey.large.empty()) size.remedy = "let them grow no further: a larger row is not stored";
    List(
        size, "large", survey.large,
        [](store::LargeRow const& row) {
            return fmt::format("{}: {} bytes", Name({row.kind, row.key}), row.bytes);
        },
        [](store::LargeRow const& row) {
            return Value::Object(
                {{"kind", ToString(row.kind)}, {"key", row.key}, {"bytes", row.bytes}});
        });

    auto& malformed =
        diagnosis.Add("malformed", survey.malformed.empty() ? Status::kOk : Status::kFail,
                      survey.malformed.empty()
                          ? "every row can be understood"
                          : fmt::format("{} rows cannot be understood", survey.malformed.size()));
    if (!survey.malformed.empty()) malformed.remedy = "import the flags anew, or delete the rows";
    List(
        malformed, "rows", survey.malformed,
        [](ItemNote const& note) {
            return fmt::format("{}: {}", Name({note.kind, note.key}), note.what);
        },
        [](ItemNote const& note) {
            return Value::Object(
                {{"kind", ToString(note.kind)}, {"key", note.key}, {"what", note.what}});
        });
}

void ExamineReferences(store::Survey const& survey, Diagnosis& diagnosis) {
    if (survey.rows_cut) {
        diagnosis.Skip("references", "not every row was read");
        return;
    }
    auto& check = diagnosis.Add(
        "references", survey.missing.empty() ? Status::kOk : Status::kWarn,
        survey.missing.empty()
            ? "every prerequisite and segment is there"
            : fmt::format("{} prerequisites or segments are missing", survey.missing.size()));
    if (!survey.missing.empty()) {
        check.remedy =
            "a missing prerequisite fails, a missing segment matches nobody: import all "
            "of the environment";
    }
    List(
        check, "missing", survey.missing,
        [](store::MissingReference const& one) {
            return fmt::format("{} needs {}", Name(one.from), Name(one.to));
        },
        [](store::MissingReference const& one) {
            return Value::Object({{"kind", ToString(one.from.kind)},
                                  {"key", one.from.key},
                                  {"needsKind", ToString(one.to.kind)},
                                  {"needsKey", one.to.key}});
        });
}

void ExamineBigSegments(store::Survey const& survey, Diagnosis& diagnosis) {
    auto const& big = survey.big_segments;
    auto& check = diagnosis.Add("bigSegments", Status::kOk, "not in use");
    Value age;
    if (big.metadata) {
        check.summary = "never synchronized";
        if (big.synchronized_on) {
            auto const now = std::chrono::duration_cast<std::chrono::milliseconds>(
                                 std::chrono::system_clock::now().time_since_epoch())
                                 .count();
            auto const seconds = (now - *big.synchronized_on) / 1000;
            age = Value(static_cast<std::int64_t>(seconds));
            check.summary = fmt::format("synchronized {} s ago", seconds);
            if (seconds > kStaleSeconds) check.status = Status::kWarn;
        } else {
            check.status = Status::kWarn;
        }
        if (check.status == Status::kWarn) check.remedy = "see whether the Relay Proxy still runs";
    } else if (!big.unbounded.empty()) {
        check.status = Status::kWarn;
        check.summary =
            fmt::format("{} segments need them, but there are none", big.unbounded.size());
        check.remedy = "let the Relay Proxy write Big Segments to this table and prefix";
    }
    check.details = {{"metadata", big.metadata},
                     {"ageSeconds", std::move(age)},
                     {"members", big.members},
                     {"segments", big.unbounded.size()}};
}

void ExamineForeign(store::Survey const& survey, Diagnosis& diagnosis) {
    std::map<std::string, std::size_t> prefixes;
    std::vector<Value> namespaces;
    std::vector<std::string> lines;
    for (auto const& rows : survey.foreign) {
        if (rows.what == What::kOtherPrefix) {
            prefixes[rows.prefix] += rows.rows;
            continue;
        }
        char const* const what = rows.what == What::kRelayAutoConfig ? "relayAutoConfig"
                                 : rows.what == What::kOurs          ? "lddynamo"
                                                                     : "unknown";
        char const* const words = rows.what == What::kRelayAutoConfig
                                      ? "the Relay Proxy's AutoConfig cache"
                                  : rows.what == What::kOurs ? "lddynamo's own"
                                                             : "unknown";
        namespaces.push_back(
            Value::Object({{"namespace", rows.ns}, {"what", what}, {"rows", rows.rows}}));
        lines.push_back(rows.ns.empty() ? fmt::format("{} rows of further namespaces", rows.rows)
                                        : fmt::format("namespace '{}': {} rows, {}", rows.ns,
                                                      rows.rows, words));
    }
    std::vector<Value> other;
    std::vector<std::string> prefix_lines;
    for (auto const& [prefix, rows] : prefixes) {
        other.push_back(Value::Object({{"prefix", prefix}, {"rows", rows}}));
        prefix_lines.push_back(prefix.empty() ? fmt::format("no prefix: {} rows", rows)
                                              : fmt::format("prefix '{}': {} rows", prefix, rows));
    }
    lines.insert(lines.begin(), prefix_lines.begin(), prefix_lines.end());
    auto& check = diagnosis.Add("foreign", Status::kOk, "none");
    if (!lines.empty()) {
        check.summary = fmt::format("rows of {} other prefixes and {} other namespaces",
                                    prefixes.size(), namespaces.size());
    }
    if (lines.size() > kMaxLines) {
        auto const more = lines.size() - kMaxLines;
        lines.resize(kMaxLines);
        lines.push_back(fmt::format("and {} more", more));
    }
    check.lines = std::move(lines);
    if (survey.scan_error) {
        check.status = Status::kWarn;
        check.summary =
            "the whole table could not be looked over: " + survey.scan_error->Describe();
        check.remedy = "only this check needs the permission dynamodb:Scan";
    } else if (survey.scan_cut) {
        check.summary += fmt::format("; cut after {} rows", survey.scanned);
    }
    check.details = {{"prefixes", Value::Array(std::move(other))},
                     {"namespaces", Value::Array(std::move(namespaces))},
                     {"scanned", survey.scanned},
                     {"cut", survey.scan_cut}};
}

}  // namespace

bool ExamineTable(Session const& session, DynamoDbClient* client, Diagnosis& diagnosis) {
    auto const& table = session.Args().common.table;
    if (table.empty()) {
        diagnosis.Add("table", Status::kFail, "no table is named").remedy =
            "give --table or set LDDYNAMO_TABLE";
        return false;
    }
    if (client == nullptr) {
        diagnosis.Skip("table", "cannot be asked");
        return false;
    }
    auto const described = client->DescribeTable(table);
    if (!described) {
        auto const& error = described.error();
        if (error.code == ErrorCode::kAccessDenied) {
            diagnosis.Add("table", Status::kWarn, error.Describe()).remedy =
                "only this check needs the permission dynamodb:DescribeTable";
            return true;
        }
        diagnosis.AddError("table", error,
                           error.code == ErrorCode::kNotFound
                               ? "create it with lddynamo table create, or check region and account"
                           : error.code == ErrorCode::kCredentials
                               ? "the service does not accept the credentials"
                               : "check the table's name and what answers at the endpoint");
        return false;
    }
    auto const& keys = described->keys;
    KeySchema const needed{.partition_key = "namespace", .sort_key = "key"};
    bool const fits = keys == needed;
    bool const active = described->status == "ACTIVE" || described->status == "UPDATING";
    auto const key_text = keys.sort_key.empty()
                              ? fmt::format("{} ({})", keys.partition_key, keys.partition_type)
                              : fmt::format("{} ({}) and {} ({})", keys.partition_key,
                                            keys.partition_type, keys.sort_key, keys.sort_type);
    auto& check = diagnosis.Add(
        "table", fits && active ? Status::kOk : Status::kFail,
        fmt::format("{} is {}, keys {}, {}, {} items, {} bytes", table, described->status, key_text,
                    described->billing_mode, described->item_count, described->size_bytes));
    if (!fits) {
        check.remedy = "use a table with partition key namespace (S) and sort key key (S)";
    } else if (!active) {
        check.remedy = "wait until it is ACTIVE";
    }
    check.details = {{"table", described->name},
                     {"status", described->status},
                     {"partitionKey", keys.partition_key},
                     {"sortKey", keys.sort_key.empty() ? Value() : Value(keys.sort_key)},
                     {"rightKeys", fits},
                     {"billingMode", described->billing_mode},
                     {"itemCount", described->item_count},
                     {"sizeBytes", described->size_bytes}};
    return fits && active;
}

void ExamineRows(Session const& session, std::optional<Result<store::Survey>> const& found,
                 Diagnosis& diagnosis) {
    if (!found || !*found) {
        for (char const* const name : {"marker", "rows", "layout", "size", "malformed",
                                       "references", "bigSegments", "foreign"}) {
            if (found && std::string_view(name) == "rows") {
                diagnosis.AddError(
                    name, found->error(),
                    "lddynamo needs the permissions dynamodb:GetItem and dynamodb:Query");
            } else {
                diagnosis.Skip(name, "the table cannot be read");
            }
        }
        return;
    }
    auto const* const survey = &**found;
    ExamineMarker(*survey, diagnosis);
    ExamineCounts(*survey, session.Args().max_rows, diagnosis);
    ExamineLayout(*survey, diagnosis);
    ExamineItems(*survey, diagnosis);
    ExamineReferences(*survey, diagnosis);
    ExamineBigSegments(*survey, diagnosis);
    ExamineForeign(*survey, diagnosis);
}

}  // namespace lddynamo::app
