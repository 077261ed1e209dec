/// @file
/// ChunkPlan: what an Init writes outside of the official rows.
/// Layer: store. Pure: no I/O.
#pragma once

#include "store/chunk_rows.hpp"
#include "store/names.hpp"

#include <lddynamo/clock.hpp>
#include <lddynamo/dynamodb_client.hpp>
#include <lddynamo/feature_store.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::store {

/// The private rows that are there: the heads of both kinds, and the keys of all chunks.
struct ExistingChunkRows {
    std::vector<Item> feature_heads{};
    std::vector<Item> segment_heads{};
    std::vector<Item> chunk_keys{};
};

/// Chunks that no head names may belong to a writer that is at work; after this time to none.
/// Retired heads are kept as long, for readers that read their official row before it was written.
inline constexpr std::chrono::hours kLeftOverAge{24};

class ChunkPlan {
  public:
    ChunkPlan(ChunkNames const& names, Clock& clock, std::size_t max_item_bytes,
              ExistingChunkRows const& rows);

    struct Planned {
        bool unchanged = false;
        std::optional<BatchWrite> head{};  ///< What makes the item the stored one.
        std::string refused{};             ///< Why it is not stored; empty when it is.
    };
    /// @param official  the item's official row, which stays.
    [[nodiscard]] Planned Add(DataKind kind, std::string_view key, SerializedItem const& item,
                              Item const* official);
    /// Whether readers take a chunked item for the item of that key.
    [[nodiscard]] bool IsChunked(DataKind kind, std::string_view key, Item const* official) const;
    /// The item of that key is to be the official row: its chunked item, if any, gives way.
    /// @param official  the row as it is now; nullptr: there is none.
    /// @return what makes the official row count, to be done after that is written: readers may not
    /// see it before.
    [[nodiscard]] std::optional<BatchWrite> Release(DataKind kind, std::string_view key,
                                                    std::int64_t version, Item const* official);
    [[nodiscard]] bool HasRest() const noexcept { return !heads_.empty(); }
    /// All items that were neither added nor released go.
    /// @param official  the official rows of such items.
    /// @return their keys.
    std::vector<ItemKey> ReleaseRest(std::map<ItemKey, Item const*> const& official);

    /// Chunks: to be written before anything else; nobody reads them without their head.
    [[nodiscard]] std::vector<std::vector<BatchWrite>> TakeUploads();
    /// Heads that an official row has superseded already: before that changes, or they would be
    /// seen again.
    [[nodiscard]] std::vector<BatchWrite> TakeEarlyReleases() { return std::move(early_); }
    /// Heads of items that go: after the official rows.
    [[nodiscard]] std::vector<BatchWrite> TakeReleases() { return std::move(releases_); }
    /// What nothing needs any more: last.
    [[nodiscard]] std::vector<BatchWrite> TakeLeftOvers();

  private:
    [[nodiscard]] bool HasAllChunks(Head const& head) const;

    ChunkNames const& names_;
    Clock& clock_;
    std::size_t const max_item_bytes_;
    std::map<ItemKey, Head> heads_;                                     // not looked at yet
    std::map<std::string, std::set<std::string>, std::less<>> chunks_;  // by generation: sort keys
    std::set<std::string, std::less<>> kept_;      // generations that stay or come
    std::set<std::string, std::less<>> replaced_;  // generations that this Init makes useless
    std::vector<BatchWrite> uploads_;
    std::vector<BatchWrite> early_;
    std::vector<BatchWrite> releases_;
    std::vector<BatchWrite> left_overs_;
};

}  // namespace lddynamo::store
