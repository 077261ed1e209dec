// How a DynamoDbFeatureStore makes the table hold given data.
#include "store/feature_store_state.hpp"
#include "store/guarded_writes.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace lddynamo {

using store::Describe;

void DynamoDbFeatureStore::State::ReportProgress(std::size_t done, std::size_t total) const {
    if (!options.init_progress) return;
    try {
        options.init_progress(done, total);
    } catch (...) {  // the caller's own code must not stop the writing half-way
        options.logger.Warn("the progress callback threw an exception");
    }
}

Result<store::InitPlan> DynamoDbFeatureStore::State::MakePlan(store::PreparedData data,
                                                              store::RowsBeforeInit& rows,
                                                              dynamodb::Deadline const& deadline) {
    std::string const what = "read the rows that are there";
    if (!options.chunk_oversize_items) {
        auto official = ReadRows(what, deadline);
        if (!official) return Fail(std::move(official.error()));
        rows.official = std::move(*official);
        return store::MakeInitPlan(names, std::move(data), rows.official);
    }
    auto all = store::ReadRowsBeforeInit(Chunks(), deadline);
    if (!all) return Fail(Explain(std::move(all.error()), what));
    rows = std::move(*all);
    store::ChunkPlan chunks(chunk_names, clock, options.max_chunked_item_bytes, rows.chunked);
    return store::MakeInitPlan(names, std::move(data), rows.official, &chunks);
}

void DynamoDbFeatureStore::State::CountKept(std::vector<store::KeptRow> const& rows,
                                            StoreData const& data, InitReport& report) const {
    std::set<ItemKey> kept;  // an item may have an official row and a head
    for (auto const& row : rows) {
        for (DataKind const kind : {DataKind::kFeatures, DataKind::kSegments}) {
            // A head is deleted only to tidy up.
            bool const is_head = row.ns == chunk_names.Heads(kind);
            if (row.ns == names.Namespace(kind) ||
                (is_head && row.kind == BatchWrite::Kind::kPut)) {
                kept.insert({kind, row.key});
            }
        }
    }
    for (auto const& key : kept) {
        auto& planned = data.Of(key.kind).count(key.key) != 0 ? report.written : report.deleted;
        planned -= std::min<std::size_t>(planned, 1);
    }
    report.kept = kept.size();
}

Status DynamoDbFeatureStore::State::WriteSteps(store::InitPlan& plan,
                                               store::RowsBeforeInit const& rows,
                                               StoreData const& data,
                                               dynamodb::Deadline const& deadline) {
    bool const guarded = options.init_writes == InitWrites::kGuarded;
    store::SeenVersions seen;
    seen.Add(rows.official.features);
    seen.Add(rows.official.segments);
    seen.Add(rows.chunked.feature_heads);
    seen.Add(rows.chunked.segment_heads);
    store::GuardedWriter writer(*client, options.table, seen, deadline, options.logger);
    std::size_t const total = plan.Writes();
    std::size_t done = 0;
    if (total > 0) ReportProgress(0, total);
    for (auto& step : plan.steps) {
        std::size_t const count = step.size();
        std::size_t in_step = 0;
        BatchOptions batch;
        batch.deadline = deadline.Remaining();
        batch.clock = &clock;
        batch.logger = options.logger;
        batch.progress = [&](std::size_t acknowledged) {
            in_step = acknowledged;
            ReportProgress(done + acknowledged, total);
        };
        auto written = guarded ? writer.Write(std::move(step), batch.progress)
                               : WriteAllItems(*client, options.table, std::move(step), batch);
        if (!written) {
            // What needs these rows must not be written before them, so this is the end.
            Error error = std::move(written.error());
            error.code = ErrorCode::kIncomplete;
            error.message = "Init did not finish: " + std::to_string(total - done - in_step) +
                            " of " + std::to_string(total) +
                            " rows were not written: " + error.message;
            return Fail(std::move(error));
        }
        done += count;
    }
    CountKept(writer.Kept(), data, plan.report);
    return {};
}

Result<InitReport> DynamoDbFeatureStore::Init(StoreData const& data) {
    State& state = *state_;
    dynamodb::Deadline const deadline(&state.clock, state.options.init_timeout);
    auto prepared = store::PrepareData(data);  // first: bad data sends nothing
    if (!prepared) return Fail(std::move(prepared.error()));
    store::RowsBeforeInit rows;
    auto plan = state.MakePlan(std::move(*prepared), rows, deadline);
    if (!plan) return Fail(std::move(plan.error()));
    for (auto const& note : plan->report.oversize) {
        state.options.logger.Error("table " + state.options.table + ": " +
                                   Describe(note.kind, note.key) + ": " + note.what);
    }
    if (auto written = state.WriteSteps(*plan, rows, data, deadline); !written) {
        return Fail(std::move(written.error()));
    }
    auto marked = State::Insist(deadline, [&] { return state.HasMarker(); });
    if (!marked) return Fail(std::move(marked.error()));
    if (!*marked) {
        if (auto put = State::Insist(deadline, [&] { return state.PutMarker(); }); !put)
            return Fail(std::move(put.error()));
    }
    state.initialized = true;
    auto const& report = plan->report;
    state.options.logger.Info("table " + state.options.table + ": Init wrote " +
                              std::to_string(report.written) + " rows, deleted " +
                              std::to_string(report.deleted) + ", left " +
                              std::to_string(report.unchanged) + " unchanged, kept " +
                              std::to_string(report.kept) + " that changed meanwhile");
    return std::move(plan->report);
}

}  // namespace lddynamo
