#include "faults/world.hpp"

#include "faults/rows.hpp"

#include "store/chunk_rows.hpp"
#include "store/item_codec.hpp"
#include "store/names.hpp"

#include <lddynamo/dynamodb_feature_store.hpp>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

namespace lddynamo::faults {
namespace {

std::string Brief(RowState const& state) {
    if (!state) return "nothing";
    return std::string(state->deleted ? "tombstone " : "version ") + std::to_string(state->version);
}

}  // namespace

RowId RowOf(ItemKey const& key) {
    return {std::string(ToString(key.kind)), key.key};
}

bool IsOversize(ItemKey const& key, SerializedItem const& item) {
    auto const row = store::RowFromItem(store::TableNames(""), key.kind, key.key, item);
    return store::EstimateRowSize(row) > store::kMaxRowBytes;
}

World::World(Random& random, FaultPlan plan, bool guarded, bool chunked, Tally& tally, bool trace)
    : random_(random),
      plan_(plan),
      guarded_(guarded),
      chunked_(chunked),
      tally_(tally),
      trace_(trace),
      memory_(std::make_shared<test_support::MemoryDynamoDb>()),
      scheduler_(random) {
    if (!CreateFeatureTable(*memory_, kTable)) std::abort();
}

// Requests
// ------------------------------------------------------------------------------------------

Fate World::Meet(std::size_t actor, std::string_view request) {
    scheduler_.Gate(actor);
    ++step_;
    ++tally_.requests;
    ComeLate(20);
    if (Chance(random_, plan_.clock_jump)) {
        ++tally_.clock_jumps;
        clock_.Advance(std::chrono::milliseconds(Below(random_, 20'000)));
    }
    Fate fate = Fate::kNormal;
    if (Chance(random_, plan_.kill)) {
        ++tally_.killed;
        dead_[actor] = true;
        fate = Chance(random_, 50) ? Fate::kKilledBefore : Fate::kKilledAfter;
    } else if (Chance(random_, plan_.throttle)) {
        ++tally_.throttled;
        fate = Fate::kThrottle;
    } else if (Chance(random_, plan_.lost_before)) {
        ++tally_.lost_before;
        fate = Fate::kLostBefore;
    } else if (Chance(random_, plan_.lost_after)) {
        ++tally_.lost_after;
        fate = Fate::kLostAfter;
    } else if (Chance(random_, plan_.late)) {
        ++tally_.late;
        fate = Fate::kLate;
    }
    if (trace_) {
        static constexpr char const* kNames[] = {"",
                                                 " throttled",
                                                 " lost before",
                                                 " done, answer lost",
                                                 " given up, done later",
                                                 " killed before",
                                                 " done, then killed"};
        Trace("actor " + std::to_string(actor) + " op " + std::to_string(current[actor]) + ": " +
              std::string(request) + kNames[static_cast<std::size_t>(fate)]);
    }
    return fate;
}

std::size_t World::Unprocessed(std::size_t of) {
    if (!Chance(random_, plan_.unprocessed)) return 0;
    std::size_t const left = Below(random_, of + 1);
    if (left > 0) ++tally_.unprocessed;
    return left;
}

void World::Apply(std::size_t operation,
                  std::function<void(test_support::MemoryDynamoDb&)> request) {
    request(*memory_);
    Look(operation);
}

void World::ApplyLate(std::size_t operation,
                      std::function<void(test_support::MemoryDynamoDb&)> request) {
    late_.push_back({operation, std::move(request)});
}

void World::ComeLate(std::size_t percent) {
    std::vector<Late> now;
    auto const keep = std::stable_partition(late_.begin(), late_.end(), [&](Late const&) {
        return !Chance(random_, static_cast<unsigned>(percent));
    });
    std::move(keep, late_.end(), std::back_inserter(now));
    late_.erase(keep, late_.end());
    for (auto& one : now) {
        if (trace_) Trace("a late request of op " + std::to_string(one.operation) + " is done");
        Apply(one.operation, std::move(one.request));
        ++step_;
    }
}

void World::Calm() {
    plan_ = {};
    ComeLate(100);
    dead_.clear();
}

void World::NoteQuery(std::size_t operation) {
    Operation& op = operations_[operation];
    if (!op.first_query) op.first_query = step_;
    op.last_query = step_;
}

Operation& World::Begin(Operation operation) {
    operation.number = operations_.size();
    operation.start = step_;
    operations_.push_back(std::move(operation));
    return operations_.back();
}

// Changes
// -------------------------------------------------------------------------------------------

bool World::IsLeftOut(ItemKey const& key, SerializedItem const& item) const {
    return !chunked_ && IsOversize(key, item);
}

bool World::IsUncovered(Operation const& op, RowId const& row, RowState const& after) {
    if (!op.first_query) return false;
    auto const by_another = [&](std::size_t step, std::size_t operation) {
        if (step < *op.first_query || operation == op.number) return false;
        events_[row].back().operation = operation;
        return true;
    };
    auto const official = official_.find(row);
    if (official != official_.end() && official->second.after == after &&
        by_another(official->second.step, official->second.operation)) {
        return true;
    }
    auto const heads = heads_.find(row);
    return heads != heads_.end() && heads->second.back().item == after &&
           by_another(heads->second.back().from, heads->second.back().operation);
}

void World::Look(std::size_t operation) {
    auto now = LookAtTable(operation);
    std::vector<std::pair<RowId, std::pair<RowState, RowState>>> changes;
    for (auto const& [id, state] : now) {
        auto const it = table_.find(id);
        RowState const before = it == table_.end() ? std::nullopt : it->second;
        if (before != state) changes.push_back({id, {before, state}});
    }
    for (auto const& [id, state] : table_) {
        if (now.count(id) == 0) changes.push_back({id, {state, std::nullopt}});
    }
    if (changes.empty()) return;
    table_ = std::move(now);
    for (auto const& [id, change] : changes) {
        events_[id].push_back({step_, operation, change.second});
    }
    for (auto const& [id, change] : changes) {
        if (trace_) {
            Trace("    " + id.first + "/" + id.second + ": " + Brief(change.first) + " -> " +
                  Brief(change.second));
        }
        CheckChange(operation, id, change.first, change.second);
    }
}

void World::CheckChange(std::size_t number, RowId const& row, RowState const& before,
                        RowState const& after) {
    Operation& op = operations_[number];
    std::string const name = row.first + "/" + row.second;
    auto const who = "op " + std::to_string(number);
    if (op.kind == Operation::Kind::kRead) return Violation(name + " was changed by a reader");
    if (row == kMarker) {
        if (!after) return Violation("the marker was removed by " + who);
        if (op.kind != Operation::Kind::kInit) return Violation("a marker without an Init");
        return CheckSettled(op, "when its marker was put");
    }
    if (op.kind == Operation::Kind::kUpsert) {
        if (row != RowOf(op.key) || after != RowState(op.item)) {
            return Violation(who + ", an Upsert, made " + name + " " + Brief(after));
        }
        op.applied = step_;
        if (before && before->version >= after->version) {
            return Violation(name + ": " + who + " upserted " + Brief(after) + " over " +
                             Brief(before));
        }
        return;
    }
    auto const kind = row.first == "segments" ? DataKind::kSegments : DataKind::kFeatures;
    auto const& items = op.data.Of(kind);
    auto const wanted = items.find(row.second);
    if (!after) {
        if (wanted != items.end()) {
            return Violation(name + ", in the data of " + who + ", was removed by it");
        }
    } else if (IsUncovered(op, row, after)) {
        return;
    } else if (wanted == items.end() || RowState(wanted->second) != after) {
        return Violation(who + ", an Init, made " + name + " " + Brief(after) +
                         ", which is not in its data");
    }
    bool const newer = after && before && after->version >= before->version;
    if (guarded_ && before && !newer && !SawVersion(op, row, before->version) &&
        !SawOfficial(op, row, before)) {
        return Violation(name + ": " + who + ", an Init, replaced " + Brief(before) +
                         ", which it never saw, by " + Brief(after));
    }
    if (after) CheckInitPut(op, row, *after);
}

void World::CheckInitPut(Operation& op, RowId const& row, SerializedItem const& after) {
    if (row.first != "features" || after.deleted) return;
    auto const live = [this](ItemKey const& key, SerializedItem const& item) {
        return !item.deleted && !IsLeftOut(key, item);
    };
    if (!std::exchange(op.wrote_flag, true)) {
        for (auto const& [key, item] : op.data.segments) {
            if (live({DataKind::kSegments, key}, item) && !IsSettled(op, {"segments", key}, item)) {
                return Violation("op " + std::to_string(op.number) + " wrote " + row.second +
                                 " before the segment " + key);
            }
        }
    }
    static constexpr std::string_view kNeeds = "\"prerequisites\":[{\"key\":\"";
    auto const at = after.json.find(kNeeds);
    if (at == std::string::npos) return;
    auto const begin = at + kNeeds.size();
    auto const key = after.json.substr(begin, after.json.find('"', begin) - begin);
    auto const needed = op.data.features.find(key);
    if (needed != op.data.features.end() && live({DataKind::kFeatures, key}, needed->second) &&
        !IsSettled(op, {"features", key}, needed->second)) {
        Violation("op " + std::to_string(op.number) + " wrote " + row.second + " before " + key +
                  ", which it needs");
    }
}

bool World::Ever(RowId const& row, std::size_t from,
                 std::function<bool(RowState const&)> const& satisfies) const {
    auto const it = events_.find(row);
    if (it == events_.end()) return satisfies(std::nullopt);
    RowState const nothing;
    RowState const* before = &nothing;  // the state when `from` began
    for (auto const& event : it->second) {
        if (event.step <= from) {
            before = &event.after;
        } else if (satisfies(event.after)) {
            return true;
        }
    }
    return satisfies(*before);
}

bool World::SawVersion(Operation const& op, RowId const& row, std::int64_t version) const {
    if (!op.first_query) return false;
    RowState before;
    auto const it = events_.find(row);
    if (it == events_.end()) return false;
    for (auto const& event : it->second) {
        if (event.step > op.last_query) break;
        if (event.step >= *op.first_query && event.after && event.after->version == version) {
            return true;
        }
        if (event.step <= *op.first_query) before = event.after;
    }
    return before && before->version == version;
}

bool World::SawOfficial(Operation const& op, RowId const& row, RowState const& before) const {
    auto const it = replaced_.find(row);
    return it != replaced_.end() && it->second.after == before && op.first_query &&
           it->second.step <= op.last_query;
}

bool World::IsSettled(Operation const& op, RowId const& row, RowState const& wanted) const {
    std::size_t const from = op.first_query.value_or(op.start);
    if (Ever(row, from > 0 ? from - 1 : 0,
             [&](RowState const& state) { return state == wanted; })) {
        return true;
    }
    auto const it = events_.find(row);
    auto const heads = heads_.find(row);
    return (it != events_.end() && std::any_of(it->second.begin(), it->second.end(),
                                               [&](Event const& event) {
                                                   return event.step >= from &&
                                                          event.operation != op.number;
                                               })) ||
           (heads != heads_.end() &&
            std::any_of(heads->second.begin(), heads->second.end(), [&](HeadState const& head) {
                return head.from >= from && head.operation != op.number;
            }));
}

void World::CheckSettled(Operation const& op, std::string const& when) {
    for (auto const kind : {DataKind::kFeatures, DataKind::kSegments}) {
        for (auto const& [key, item] : op.data.Of(kind)) {
            if (IsLeftOut({kind, key}, item)) continue;
            if (!IsSettled(op, RowOf({kind, key}), item)) {
                return Violation(std::string(ToString(kind)) + "/" + key + " of op " +
                                 std::to_string(op.number) + " was not written " + when);
            }
        }
    }
    for (auto const& [row, events] : events_) {
        if (row == kMarker) continue;
        auto const kind = row.first == "segments" ? DataKind::kSegments : DataKind::kFeatures;
        if (op.data.Of(kind).count(row.second) == 0 && !IsSettled(op, row, std::nullopt)) {
            return Violation(row.first + "/" + row.second + " is not in the data of op " +
                             std::to_string(op.number) + " and was not removed " + when);
        }
    }
}

// What callers were told
// ----------------------------------------------------------------------------

void World::CheckInit(Operation const& op, InitReport const& report) {
    CheckSettled(op, "when it reported success");
    if (table_.count(kMarker) == 0) Violation("an Init succeeded without a marker");
    std::size_t oversize = 0;
    for (auto const kind : {DataKind::kFeatures, DataKind::kSegments}) {
        for (auto const& [key, item] : op.data.Of(kind)) oversize += IsLeftOut({kind, key}, item);
    }
    if (report.oversize.size() != oversize) Violation("an Init misreported its oversize items");
}

void World::CheckUpsert(Operation const& op, UpsertOutcome outcome) {
    auto const row = RowOf(op.key);
    auto const name = "op " + std::to_string(op.number) + ", an Upsert of " + op.key.key;
    bool const oversize = IsLeftOut(op.key, op.item);
    if (oversize != (outcome == UpsertOutcome::kOversize)) {
        return Violation(name + ", misjudged its size");
    }
    if (outcome == UpsertOutcome::kWritten && !Ever(row, op.start, [&](RowState const& state) {
            // A chunked item that came between the two looks of an Upsert hides it at once.
            return state == RowState(op.item) ||
                   (chunked_ && state && state->version > op.item.version);
        })) {
        return Violation(name + ", reported success and wrote nothing");
    }
    if (outcome == UpsertOutcome::kStale) {
        // Written by an attempt whose answer was lost, and replaced before the next one: no client
        // can tell that from stale, and it comes to the same.
        if (op.applied && !Ever(row, *op.applied, [&](RowState const& state) {
                return state && state->version > op.item.version;
            })) {
            return Violation(name + ", reported stale, and was written");
        }
        if (!Ever(row, op.start, [&](RowState const& state) {
                return state && state->version >= op.item.version;
            })) {
            return Violation(name + ", reported stale, and nothing newer was there");
        }
    }
}

void World::CheckRead(Operation const& op, ItemKey const& key, RowState const& seen) {
    if (Ever(RowOf(key), op.start, [&](RowState const& state) { return state == seen; })) return;
    auto const heads = heads_.find(RowOf(key));
    bool const was_hidden =
        seen && heads != heads_.end() &&
        std::any_of(heads->second.begin(), heads->second.end(), [&](HeadState const& head) {
            return head.until >= op.start && head.item == seen;
        });
    // Asked for heads before one came, and for the official row after that was deleted under it.
    auto const lost = lost_under_head_.find(RowOf(key));
    bool const met_neither =
        !seen && lost != lost_under_head_.end() &&
        std::any_of(lost->second.begin(), lost->second.end(),
                    [&](std::size_t head_from) { return head_from >= op.start; });
    if (!was_hidden && !met_neither) {
        Violation("a reader saw " + Brief(seen) + " of " + key.key +
                  ", which the table never held meanwhile (op " + std::to_string(op.number) + ")");
    }
}

void World::CheckAll(Operation const& op, DataKind kind, ItemMap const& seen) {
    for (auto const& [key, item] : seen) CheckRead(op, {kind, key}, item);
    for (auto const& [row, events] : events_) {
        if (row.first == ToString(kind) && seen.count(row.second) == 0) {
            CheckRead(op, {kind, row.second}, std::nullopt);
        }
    }
}

void World::CheckInitialized(Operation const& op, bool seen) {
    // "Yes" is remembered for ever, and the marker never goes.
    if (!Ever(kMarker, op.start,
              [&](RowState const& state) { return state.has_value() == seen; })) {
        Violation(std::string("Initialized said ") + (seen ? "yes" : "no") + " wrongly");
    }
}

void World::CheckChunks() {
    std::set<std::string> live;
    auto const rows = memory_->Rows(kTable);
    for (auto const& row : rows) {
        if (row.count("sha256") != 0) live.insert(TextOf(row, "generation"));
    }
    for (auto const& row : rows) {
        auto const key = TextOf(row, "key");
        if (TextOf(row, "namespace") == "$lddynamo_chunks" &&
            live.count(key.substr(0, key.find('/'))) == 0) {
            Violation("a day later the chunk " + key + " is still there");
        }
        if (row.count("retired") != 0) Violation("a day later a retired head is still there");
    }
}

void World::CheckExactly(StoreData const& data) {
    ++step_;
    Look(operations_.size() - 1);
    for (auto const kind : {DataKind::kFeatures, DataKind::kSegments}) {
        for (auto const& [key, item] : data.Of(kind)) {
            if (IsLeftOut({kind, key}, item)) continue;
            auto const it = table_.find(RowOf({kind, key}));
            if (it == table_.end() || it->second != RowState(item)) {
                Violation("at the end " + key + " is not what the last Init wrote");
            }
        }
    }
    for (auto const& [row, state] : table_) {
        if (row == kMarker) continue;
        auto const kind = row.first == "segments" ? DataKind::kSegments : DataKind::kFeatures;
        if (data.Of(kind).count(row.second) == 0) {
            Violation("at the end " + row.second + " is still there");
        }
    }
}

void World::Violation(std::string what) {
    if (trace_) Trace("VIOLATION: " + what);
    if (verdict_.empty()) verdict_ = std::move(what);
}

void World::Trace(std::string const& line) {
    if (trace_ && verdict_.empty()) lines_.push_back(std::to_string(step_) + "  " + line);
}

std::string World::TraceText() const {
    std::string text;
    for (auto const& line : lines_) text += line + "\n";
    return text;
}

}  // namespace lddynamo::faults
