#include "store/chunk_load.hpp"

#include "store/chunk_reader.hpp"

#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lddynamo::store {

namespace {

/// Of the texts that are to be read, which bounds their chunks.
std::size_t ChunkedBytes(ChunkAccess const& access, std::vector<FoundRows> const& found) {
    std::size_t bytes = 0;
    for (auto const& rows : found) {
        if (rows.head) bytes += ReadHead(*rows.head, access.max_item_bytes).size;
    }
    return bytes;
}

}  // namespace

QueryRequest QueryOf(std::string const& table, std::string const& ns) {
    QueryRequest request;
    request.table = table;
    request.key_condition_expression = "#ns = :ns";
    request.names.emplace("#ns", kNamespace);
    request.values.emplace(":ns", AttributeValue::S(ns));
    request.consistent_read = true;
    return request;
}

Result<LoadedData> LoadChunked(ChunkAccess const& access, std::span<DataKind const> kinds,
                               std::chrono::milliseconds timeout) {
    std::vector<QueryRequest> queries;
    for (DataKind const kind : kinds) {
        queries.push_back(QueryOf(access.table, access.names.Namespace(kind)));
        queries.push_back(QueryOf(access.table, access.chunk_names.Heads(kind)));
    }
    auto rows = dynamodb::QueryPages(access.client, queries, std::nullopt, access.max_load_bytes);
    if (!rows) return Fail(std::move(rows.error()));
    LoadedData loaded;
    std::vector<FoundRows> found;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        SplitByHead(access, kinds[i], std::move((*rows)[2 * i]), std::move((*rows)[2 * i + 1]),
                    found, loaded.data.Of(kinds[i]), loaded.malformed);
    }
    if (found.empty()) return loaded;
    if (ChunkedBytes(access, found) > access.max_load_bytes) {
        return Fail(ErrorCode::kTooLarge, "table " + access.table +
                                              ": its chunked items have more than " +
                                              std::to_string(access.max_load_bytes) + " bytes");
    }
    auto many = ReadChunked(access, std::move(found), timeout);
    if (!many) return Fail(std::move(many.error()));
    for (auto& [key, item] : many->items) {
        loaded.data.Of(key.kind).insert_or_assign(key.key, std::move(item));
    }
    std::move(many->malformed.begin(), many->malformed.end(), std::back_inserter(loaded.malformed));
    return loaded;
}

Result<RowsBeforeInit> ReadRowsBeforeInit(ChunkAccess const& access,
                                          dynamodb::Deadline const& deadline) {
    std::array queries = {
        QueryOf(access.table, access.names.Namespace(DataKind::kFeatures)),
        QueryOf(access.table, access.names.Namespace(DataKind::kSegments)),
        QueryOf(access.table, access.chunk_names.Heads(DataKind::kFeatures)),
        QueryOf(access.table, access.chunk_names.Heads(DataKind::kSegments)),
        QueryOf(access.table, access.chunk_names.Chunks()),
    };
    ProjectFacts(queries[2]);  // a digest tells what they hold
    ProjectFacts(queries[3]);
    queries[4].projection_expression = "#ns, #k";
    queries[4].names.emplace("#k", kKey);
    auto rows = dynamodb::QueryPages(access.client, queries, deadline, access.max_load_bytes);
    if (!rows) return Fail(std::move(rows.error()));
    return RowsBeforeInit{
        .official = {.features = std::move((*rows)[0]), .segments = std::move((*rows)[1])},
        .chunked = {.feature_heads = std::move((*rows)[2]),
                    .segment_heads = std::move((*rows)[3]),
                    .chunk_keys = std::move((*rows)[4])}};
}

}  // namespace lddynamo::store
