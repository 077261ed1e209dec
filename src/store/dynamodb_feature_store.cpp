#include <lddynamo/dynamodb_feature_store.hpp>

#include "base/longest.hpp"
#include "store/chunk_plan.hpp"
#include "store/chunk_reader.hpp"
#include "store/chunk_writer.hpp"
#include "store/feature_store_state.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace lddynamo {

using store::Describe;

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
    auto const ttl = std::min(state.options.not_initialized_ttl, base::kLongest);
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
        auto many = store::GetChunked(state.Chunks(), keys, State::kReadTimeout);
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
    batch.deadline = State::kReadTimeout;
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
    auto many = store::GetChunked(Chunks(), {&wanted, 1}, State::kReadTimeout);
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

std::string DynamoDbFeatureStore::State::WhereText() const {
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
