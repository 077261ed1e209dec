/// @file
/// Reading whole kinds where items may be chunked.
/// Layer: store.
#pragma once

#include "dynamodb/batching.hpp"
#include "store/chunk_access.hpp"
#include "store/chunk_plan.hpp"
#include "store/init_plan.hpp"

#include <lddynamo/feature_store.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <span>

namespace lddynamo::store {

/// A query of a whole partition.
[[nodiscard]] QueryRequest QueryOf(std::string const& table, std::string const& ns);

/// All items of those kinds: official rows and heads in one parallel round, chunks where there are
/// several in another.
/// @param timeout  for what follows the first round.
/// @retval ErrorCode::kTooLarge  the rows, or the chunked texts, have more than max_load_bytes.
/// @retval others                as QueryPages and ReadChunked.
[[nodiscard]] Result<LoadedData> LoadChunked(ChunkAccess const& access,
                                             std::span<DataKind const> kinds,
                                             std::chrono::milliseconds timeout);

/// What an Init compares with: official rows, heads and keys of chunks, in one parallel round.
struct RowsBeforeInit {
    ExistingRows official{};
    ExistingChunkRows chunked{};
};
/// @retval others  as QueryPages.
[[nodiscard]] Result<RowsBeforeInit> ReadRowsBeforeInit(ChunkAccess const& access,
                                                        dynamodb::Deadline const& deadline);

}  // namespace lddynamo::store
