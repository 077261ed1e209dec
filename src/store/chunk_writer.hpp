/// @file
/// Writing one item that is chunked, or takes the place of a chunked one.
/// Layer: store.
#pragma once

#include "store/chunk_access.hpp"

#include <lddynamo/feature_store.hpp>
#include <lddynamo/result.hpp>

#include <optional>
#include <string_view>

namespace lddynamo::store {

/// Stores an item as chunks if its version is greater than the stored one. Chunks of a generation
/// of their own are written first; one conditional put of the head then makes them the item, and
/// the chunks that it replaced are deleted.
/// @pre the text has at most max_item_bytes.
/// @retval ErrorCode::kConflict    others replaced the item each time it was tried.
/// @retval ErrorCode::kIncomplete  some chunks were not written; the item is as it was.
/// @retval others                  as PutItem; the item is the old or the new one.
[[nodiscard]] Result<UpsertOutcome> PutChunked(ChunkAccess const& access, DataKind kind,
                                               std::string_view key, SerializedItem const& item);

/// The head that an official row may have to take the place of; nullopt when there is none.
/// @retval others  as GetItem.
[[nodiscard]] Result<std::optional<Head>> FindHead(ChunkAccess const& access, DataKind kind,
                                                   std::string_view key);

/// After the official row of `version` was put: the head gives way, its chunks go.
/// @return kStale when a newer chunked item came in between.
/// @retval others  as PutItem, when readers would still take the head for the item.
[[nodiscard]] Result<UpsertOutcome> RetireHead(ChunkAccess const& access, DataKind kind,
                                               std::string_view key, Head head,
                                               std::int64_t version);

}  // namespace lddynamo::store
