#include <lddynamo/dynamodb_feature_store.hpp>

#include "dynamodb/batching.hpp"
#include "store/chunk_load.hpp"
#include "store/chunk_plan.hpp"
#include "store/chunk_reader.hpp"
#include "store/chunk_writer.hpp"
#include "store/guarded_writes.hpp"
#include "store/init_plan.hpp"
#include "store/item_codec.hpp"
#include "store/item_text.hpp"
#include "store/names.hpp"
#include "store/row_reader.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

namespace lddynamo {
namespace {

using store::Describe;

constexpr std::chrono::milliseconds kReadTimeout{10000};  // for the rounds of one GetMany

/// " in region eu-west-1", when that is known without asking anybody.
std::string WhereText(DynamoDbFeatureStoreOptions const& options) {
    std::string text;
    if (!options.aws.endpoint_url.empty()) text += " at " + options.aws.endpoint_url;
    std::string region = options.aws.region;
    if (region.empty() && options.client == nullptr) {
        Environment const& environment =
            options.aws.environment != nullptr ? *options.aws.environment : ProcessEnvironment();
        for (std::string_view const name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
            if (auto value = environment.GetNonEmpty(name); value && region.empty())
                region = *value;
        }
    }
    if (!region.empty()) text += " in region " + region;
    return text;
}

}  // namespace

/// Everything here is constant after construction unless it says otherwise.
struct DynamoDbFeatureStore::State {
    explicit State(DynamoDbFeatureStoreOptions given)
        : options(std::move(given)),
          where(WhereText(options)),
          names(options.prefix),
          client(options.client),
          clock(options.clock != nullptr ? *options.clock : SystemClock()),
          reader(options.table, options.logger),
          chunk_names(options.prefix) {}

    /// Says what failed and where, in front of the service's own words.
    [[nodiscard]] Error Explain(Error error, std::string const& what) const {
        if (error.code == ErrorCode::kNotFound) {
            error.message = "table " + options.table + " does not exist" + where + " (" + what +
                            ": " + error.message + ")";
        } else {
            error.message = "table " + options.table + ": " + what + ": " + error.message;
        }
        return error;
    }

    /// Repeats what fails for the moment until there is no time left.
    template <class Call>
    static auto Insist(dynamodb::Deadline const& deadline, Call const& call) {
        auto answer = call();
        for (int attempt = 1;
             !answer && dynamodb::IsTransient(answer.error().code) && deadline.Pause(attempt);
             ++attempt) {
            answer = call();
        }
        return answer;
    }

    [[nodiscard]] QueryRequest QueryOf(DataKind kind) const {
        return store::QueryOf(options.table, names.Namespace(kind));
    }

    /// The rows of both kinds, read in parallel.
    Result<store::ExistingRows> ReadRows(std::string const& what,
                                         std::optional<dynamodb::Deadline> const& deadline) {
        std::array const queries = {QueryOf(DataKind::kFeatures), QueryOf(DataKind::kSegments)};
        auto rows = dynamodb::QueryPages(*client, queries, deadline, options.max_load_bytes);
        if (!rows) return Fail(Explain(std::move(rows.error()), what));
        return store::ExistingRows{.features = std::move((*rows)[0]),
                                   .segments = std::move((*rows)[1])};
    }

    /// What chunked items work with.
    [[nodiscard]] store::ChunkAccess Chunks() {
        return {*client, options.table, names,          chunk_names,
                reader,  clock,         options.logger, options.max_chunked_item_bytes};
    }
    Result<LoadedData> LoadChunked(std::span<DataKind const> kinds, std::string const& what) {
        auto loaded = store::LoadChunked(Chunks(), kinds, kReadTimeout);
        if (loaded) return loaded;
        return Fail(Explain(std::move(loaded.error()), what));
    }
    Result<std::optional<SerializedItem>> GetChunked(DataKind kind, std::string_view key);
    Result<UpsertOutcome> UpsertChunked(DataKind kind, std::string_view key,
                                        SerializedItem const& item);
    Result<UpsertOutcome> PutRow(DataKind kind, std::string_view key, SerializedItem const& item,
                                 Item row);

    Result<std::optional<Item>> ReadRow(Item key, std::string const& what) {
        auto answer = client->GetItem(
            {.table = options.table, .key = std::move(key), .consistent_read = true});
        if (!answer) return Fail(Explain(std::move(answer.error()), what));
        return std::move(answer->item);
    }

    Result<bool> HasMarker() {
        auto row = ReadRow(names.Marker(), "look for the $inited row");
        if (!row) return Fail(std::move(row.error()));
        return row->has_value();
    }

    Status PutMarker() {
        auto put = client->PutItem({.table = options.table, .item = names.Marker()});
        if (!put) return Fail(Explain(std::move(put.error()), "write the $inited row"));
        return {};
    }

    /// Fills `rows` with the rows that it planned from.
    Result<store::InitPlan> MakePlan(store::PreparedData data, store::RowsBeforeInit& rows,
                                     dynamodb::Deadline const& deadline);
    Status WriteSteps(store::InitPlan& plan, store::RowsBeforeInit const& rows,
                      dynamodb::Deadline const& deadline);
    void ReportProgress(std::size_t done, std::size_t total) const;

    /// Whether the row that stopped a conditional put is what that put itself wrote.
    Result<bool> IsOurOwn(WriteResponse const& response, DataKind kind, std::string_view key,
                          SerializedItem const& item) {
        if (response.old_item) return store::RowHolds(*response.old_item, item);
        auto row = ReadRow(names.RowKey(kind, key), "look at " + Describe(kind, key));
        if (!row) return Fail(std::move(row.error()));
        return row->has_value() && store::RowHolds(**row, item);
    }

    DynamoDbFeatureStoreOptions const options;
    std::string const where;
    store::TableNames const names;
    std::shared_ptr<DynamoDbClient> client;  // shared with the user who brings one
    Clock& clock;
    store::RowReader reader;
    store::ChunkNames const chunk_names;

    std::atomic<bool> initialized{false};  // once true, true for ever
    std::mutex mutex;
    std::optional<std::chrono::steady_clock::time_point> no_until;  // guarded by mutex
};

// One Init
// ------------------------------------------------------------------------------------------

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

Status DynamoDbFeatureStore::State::WriteSteps(store::InitPlan& plan,
                                               store::RowsBeforeInit const& rows,
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
    auto const& kept = writer.Kept();
    plan.report.written -= std::min(plan.report.written, kept.puts);
    plan.report.deleted -= std::min(plan.report.deleted, kept.deletes);
    plan.report.kept = kept.puts + kept.deletes;
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
    if (auto written = state.WriteSteps(*plan, rows, deadline); !written) {
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

Status DynamoDbFeatureStore::CheckAvailable() {
    State& state = *state_;
    GetItemRequest request;
    request.table = state.options.table;
    request.key = state.names.Marker();
    // Half the price of a consistent read, and of a row whose content does not matter.
    request.projection_expression = "#k";
    request.names.emplace("#k", store::kKey);
    auto answer = state.client->GetItem(request);
    if (!answer) {
        return Fail(state.Explain(std::move(answer.error()), "look whether it is available"));
    }
    return {};
}

Result<bool> DynamoDbFeatureStore::Initialized() {
    State& state = *state_;
    if (state.initialized) return true;
    auto const ttl = state.options.not_initialized_ttl;
    if (ttl.count() > 0) {
        std::scoped_lock const lock(state.mutex);
        if (state.no_until && state.clock.SteadyNow() < *state.no_until) return false;
    }
    auto marked = state.HasMarker();
    if (!marked) return marked;
    if (*marked) {
        state.initialized = true;
    } else if (ttl.count() > 0) {
        std::scoped_lock const lock(state.mutex);
        state.no_until = state.clock.SteadyNow() + ttl;
    }
    return marked;
}

// Reading
// -------------------------------------------------------------------------------------------

Result<std::optional<SerializedItem>> DynamoDbFeatureStore::Get(DataKind kind,
                                                                std::string_view key) {
    State& state = *state_;
    if (!store::IsStorableKey(key)) return std::optional<SerializedItem>();
    if (state.options.chunk_oversize_items) return state.GetChunked(kind, key);
    auto row = state.ReadRow(state.names.RowKey(kind, key), "get " + Describe(kind, key));
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return std::optional<SerializedItem>();
    auto item = state.reader.Read(kind, **row);
    if (!item)
        return Fail(state.Explain(std::move(item.error()), "the row of " + Describe(kind, key)));
    return std::optional<SerializedItem>(std::move(*item));
}

Result<AllItems> DynamoDbFeatureStore::All(DataKind kind) {
    State& state = *state_;
    auto const what = "read all " + std::string(ToString(kind));
    if (state.options.chunk_oversize_items) {
        auto loaded = state.LoadChunked({&kind, 1}, what);
        if (!loaded) return Fail(std::move(loaded.error()));
        return AllItems{.items = std::move(loaded->data.Of(kind)),
                        .malformed = std::move(loaded->malformed)};
    }
    std::array const queries = {state.QueryOf(kind)};
    auto rows =
        dynamodb::QueryPages(*state.client, queries, std::nullopt, state.options.max_load_bytes);
    if (!rows) return Fail(state.Explain(std::move(rows.error()), what));
    AllItems all;
    state.reader.ReadAll(kind, rows->front(), all.items, all.malformed);
    return all;
}

Result<LoadedData> DynamoDbFeatureStore::LoadAll() {
    State& state = *state_;
    auto const what = "read all features and segments";
    if (state.options.chunk_oversize_items) {
        return state.LoadChunked(std::array{DataKind::kFeatures, DataKind::kSegments}, what);
    }
    auto rows = state.ReadRows(what, std::nullopt);
    if (!rows) return Fail(std::move(rows.error()));
    LoadedData loaded;
    state.reader.ReadAll(DataKind::kFeatures, rows->features, loaded.data.features,
                         loaded.malformed);
    state.reader.ReadAll(DataKind::kSegments, rows->segments, loaded.data.segments,
                         loaded.malformed);
    return loaded;
}

Result<FeatureStore::ManyItems> DynamoDbFeatureStore::GetMany(std::span<ItemKey const> keys) {
    State& state = *state_;
    if (state.options.chunk_oversize_items) {
        auto many = store::GetChunked(state.Chunks(), keys, kReadTimeout);
        if (many) return many;
        return Fail(state.Explain(std::move(many.error()),
                                  "get " + std::to_string(keys.size()) + " items"));
    }
    std::set<ItemKey> wanted;
    BatchGetItemRequest request;
    request.table = state.options.table;
    request.consistent_read = true;
    for (auto const& [kind, key] : keys) {
        if (store::IsStorableKey(key) && wanted.insert({kind, key}).second) {
            request.keys.push_back(state.names.RowKey(kind, key));
        }
    }
    BatchOptions batch;
    batch.deadline = kReadTimeout;
    batch.clock = &state.clock;
    batch.logger = state.options.logger;
    auto rows = GetAllItems(*state.client, std::move(request), batch);
    if (!rows) {
        return Fail(state.Explain(std::move(rows.error()),
                                  "get " + std::to_string(wanted.size()) + " items"));
    }
    ManyItems many;
    for (auto const& row : *rows) {
        auto const* const ns = FindAttribute(row, store::kNamespace);
        for (DataKind const kind : {DataKind::kFeatures, DataKind::kSegments}) {
            if (ns == nullptr || ns->AsS() == nullptr ||
                *ns->AsS() != state.names.Namespace(kind)) {
                continue;
            }
            ItemKey key{kind, std::string(store::RowKey(row))};
            if (wanted.count(key) == 0) continue;
            auto item = state.reader.Read(kind, row);
            if (item) {
                many.items.insert_or_assign(std::move(key), std::move(*item));
            } else {
                many.malformed.push_back(
                    {kind, std::move(key.key), std::move(item.error().message)});
            }
        }
    }
    return many;
}

// Writing one
// ---------------------------------------------------------------------------------------

Result<UpsertOutcome> DynamoDbFeatureStore::Upsert(DataKind kind, std::string_view key,
                                                   SerializedItem const& item) {
    State& state = *state_;
    auto prepared = store::PrepareForWrite(kind, key, item);
    if (!prepared) return Fail(std::move(prepared.error()));
    if (state.options.chunk_oversize_items) return state.UpsertChunked(kind, key, prepared->item);
    auto row = store::RowFromItem(state.names, kind, key, prepared->item);
    if (auto const size = store::EstimateRowSize(row); size > store::kMaxRowBytes) {
        state.options.logger.Error("table " + state.options.table + ": put " + Describe(kind, key) +
                                   ": its row has " + std::to_string(size) +
                                   " bytes, more than the " + std::to_string(store::kMaxRowBytes) +
                                   " that fit; not written");
        return UpsertOutcome::kOversize;
    }
    return state.PutRow(kind, key, prepared->item, std::move(row));
}

Result<UpsertOutcome> DynamoDbFeatureStore::State::PutRow(DataKind kind, std::string_view key,
                                                          SerializedItem const& item, Item row) {
    PutItemRequest request;
    request.table = options.table;
    request.item = std::move(row);
    // What any SDK may have left there must give way, also a row without a version.
    request.condition_expression =
        "attribute_not_exists(#ns) OR attribute_not_exists(#k) OR attribute_not_exists(#v) OR "
        ":v > #v";
    request.names.emplace("#ns", store::kNamespace);
    request.names.emplace("#k", store::kKey);
    request.names.emplace("#v", store::kVersion);
    request.values.emplace(":v", AttributeValue::N(item.version));
    request.return_old_on_condition_failure = true;

    auto response = client->PutItem(request);
    if (!response) return Fail(Explain(std::move(response.error()), "put " + Describe(kind, key)));
    if (!response->condition_failed) return UpsertOutcome::kWritten;
    if (response->ambiguous) {
        auto ours = IsOurOwn(*response, kind, key, item);
        if (!ours) return Fail(std::move(ours.error()));
        if (*ours) return UpsertOutcome::kWritten;
    }
    return UpsertOutcome::kStale;
}

// With chunked items
// --------------------------------------------------------------------------------

Result<std::optional<SerializedItem>> DynamoDbFeatureStore::State::GetChunked(
    DataKind kind, std::string_view key) {
    ItemKey const wanted{kind, std::string(key)};
    auto many = store::GetChunked(Chunks(), {&wanted, 1}, kReadTimeout);
    if (!many) return Fail(Explain(std::move(many.error()), "get " + Describe(kind, key)));
    if (!many->malformed.empty()) {
        Error error;
        error.code = ErrorCode::kInvalidData;
        error.message = std::move(many->malformed.front().what);
        return Fail(Explain(std::move(error), "the row of " + Describe(kind, key)));
    }
    if (many->items.empty()) return std::optional<SerializedItem>();
    return std::optional<SerializedItem>(std::move(many->items.begin()->second));
}

Result<UpsertOutcome> DynamoDbFeatureStore::State::UpsertChunked(DataKind kind,
                                                                 std::string_view key,
                                                                 SerializedItem const& item) {
    auto const what = "put " + Describe(kind, key);
    auto const explained = [&](Result<UpsertOutcome> outcome) -> Result<UpsertOutcome> {
        if (outcome) return outcome;
        return Fail(Explain(std::move(outcome.error()), what));
    };
    auto const access = Chunks();
    auto row = store::RowFromItem(names, kind, key, item);
    if (store::EstimateRowSize(row) > store::kMaxRowBytes) {
        if (item.json.size() <= options.max_chunked_item_bytes) {
            return explained(store::PutChunked(access, kind, key, item));
        }
        options.logger.Error("table " + options.table + ": " + what + ": its text has " +
                             std::to_string(item.json.size()) + " bytes, more than the limit of " +
                             std::to_string(options.max_chunked_item_bytes) +
                             " for chunked items; not written");
        return UpsertOutcome::kOversize;
    }
    auto head = store::FindHead(access, kind, key);
    if (!head) return Fail(Explain(std::move(head.error()), what));
    bool const live = *head && !(*head)->retired;
    if (live && (*head)->version >= item.version) return UpsertOutcome::kStale;
    auto put = PutRow(kind, key, item, std::move(row));
    if (!put || *put != UpsertOutcome::kWritten || !live) return put;
    return explained(store::RetireHead(access, kind, key, std::move(**head), item.version));
}

// Making
// --------------------------------------------------------------------------------------------

DynamoDbFeatureStore::DynamoDbFeatureStore(std::unique_ptr<State> state)
    : state_(std::move(state)) {
}
DynamoDbFeatureStore::~DynamoDbFeatureStore() = default;

Result<std::unique_ptr<DynamoDbFeatureStore>> DynamoDbFeatureStore::Create(std::string table,
                                                                           Logger logger) {
    DynamoDbFeatureStoreOptions options;
    options.table = std::move(table);
    options.logger = std::move(logger);
    return Create(std::move(options));
}

Result<std::unique_ptr<DynamoDbFeatureStore>> DynamoDbFeatureStore::Create(
    DynamoDbFeatureStoreOptions options) {
    if (options.table.empty()) return Fail(ErrorCode::kInvalidArgument, "a table name is needed");
    if (auto checked = store::CheckPrefix(options.prefix); !checked) {
        return Fail(std::move(checked.error()));
    }
    if (options.max_chunked_item_bytes < 1 ||
        options.max_chunked_item_bytes > store::kMaxUnpackedBytes) {
        return Fail(ErrorCode::kInvalidArgument, "max_chunked_item_bytes is not 1 to " +
                                                     std::to_string(store::kMaxUnpackedBytes));
    }
    auto state = std::make_unique<State>(std::move(options));
    if (state->client == nullptr) {
        DynamoDbClientOptions wanted;
        wanted.aws = state->options.aws;
        if (wanted.aws.clock == nullptr) wanted.aws.clock = state->options.clock;
        if (!wanted.aws.logger.Enabled(LogLevel::kError)) wanted.aws.logger = state->options.logger;
        auto made = MakeDynamoDbClient(std::move(wanted));
        if (!made) return Fail(std::move(made.error()));
        state->client = std::move(*made);
    }
    return std::unique_ptr<DynamoDbFeatureStore>(new DynamoDbFeatureStore(std::move(state)));
}

}  // namespace lddynamo
