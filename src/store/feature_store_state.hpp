/// @file
/// What a DynamoDbFeatureStore is made of.
/// Layer: store.
#pragma once

#include "dynamodb/batching.hpp"
#include "store/chunk_load.hpp"
#include "store/guarded_writes.hpp"
#include "store/init_plan.hpp"
#include "store/item_codec.hpp"
#include "store/item_text.hpp"
#include "store/names.hpp"
#include "store/row_reader.hpp"

#include <lddynamo/dynamodb_feature_store.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo {

/// Everything here is constant after construction unless it says otherwise.
struct DynamoDbFeatureStore::State {
    static constexpr std::chrono::milliseconds kReadTimeout{10000};  // for the rounds of one call

    explicit State(DynamoDbFeatureStoreOptions given)
        : options(std::move(given)),
          where(WhereText()),
          names(options.prefix),
          client(options.client),
          clock(options.clock != nullptr ? *options.clock : SystemClock()),
          reader(options.table, options.logger),
          chunk_names(options.prefix) {}

    /// Without asking anybody; needs `options`.
    [[nodiscard]] std::string WhereText() const;

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
        return {*client,
                options.table,
                names,
                chunk_names,
                reader,
                clock,
                options.logger,
                options.max_chunked_item_bytes,
                options.max_load_bytes};
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
                      StoreData const& data, dynamodb::Deadline const& deadline);
    /// Takes the items that others changed meanwhile out of what was to be done with `data`.
    void CountKept(std::vector<store::KeptRow> const& rows, StoreData const& data,
                   InitReport& report) const;
    void ReportProgress(std::size_t done, std::size_t total) const;

    /// Whether the row that stopped a conditional put is what that put itself wrote.
    Result<bool> IsOurOwn(WriteResponse const& response, DataKind kind, std::string_view key,
                          SerializedItem const& item) {
        if (response.old_item) return store::RowHolds(*response.old_item, item);
        auto row = ReadRow(names.RowKey(kind, key), "look at " + store::Describe(kind, key));
        if (!row) return Fail(std::move(row.error()));
        return row->has_value() && store::RowHolds(**row, item);
    }

    DynamoDbFeatureStoreOptions const options;
    std::string const where;  // " in region eu-west-1", as far as that is known
    store::TableNames const names;
    std::shared_ptr<DynamoDbClient> client;  // shared with the user who brings one
    Clock& clock;
    store::RowReader reader;
    store::ChunkNames const chunk_names;

    std::atomic<bool> initialized{false};  // once true, true for ever
    std::mutex mutex;
    std::optional<std::chrono::steady_clock::time_point> no_until;  // guarded by mutex
};

}  // namespace lddynamo
