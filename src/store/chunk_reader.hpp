/// @file
/// Reading items that may be chunked: which row counts, and what it says.
/// Layer: store.
#pragma once

#include "store/chunk_access.hpp"

#include <lddynamo/feature_store.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <optional>
#include <vector>

namespace lddynamo::store {

/// The rows of one key, as they were read at about the same time.
struct FoundRows {
    ItemKey key{};
    std::optional<Item> official{};
    std::optional<Item> head{};
};

/// Texts that one call unpacks, together: a table must not be able to take all memory.
inline constexpr std::size_t kMaxUnpackedBytes = 1'000'000'000;

/// The items of those rows. Asks the table again for chunks, and where rows were replaced in
/// between: an item comes out whole, and no older than what was stored when its rows were read.
/// @param found  no key twice.
/// @retval ErrorCode::kConflict  an item was replaced each time it was looked at.
/// @retval others                as GetAllItems.
[[nodiscard]] Result<FeatureStore::ManyItems> ReadChunked(ChunkAccess const& access,
                                                          std::vector<FoundRows> found,
                                                          std::chrono::milliseconds timeout);

/// ReadChunked of what is stored under `keys`; unstorable ones are absent.
[[nodiscard]] Result<FeatureStore::ManyItems> GetChunked(ChunkAccess const& access,
                                                         std::span<ItemKey const> keys,
                                                         std::chrono::milliseconds timeout);

/// Reads all rows of a kind: those with a head go to `found`, the others are decoded.
void SplitByHead(ChunkAccess const& access, DataKind kind, std::vector<Item> official,
                 std::vector<Item> heads, std::vector<FoundRows>& found, ItemMap& items,
                 std::vector<ItemNote>& malformed);

}  // namespace lddynamo::store
