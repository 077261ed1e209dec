/// @file
/// The private rows of items that one official row cannot hold: a head an item, and its chunks.
/// Layer: store. Pure: no I/O. The schema is described in docs/schema.md.
#pragma once

#include <lddynamo/attribute_value.hpp>
#include <lddynamo/clock.hpp>
#include <lddynamo/dynamodb_client.hpp>
#include <lddynamo/feature_store.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::store {

/// The private partition keys of one prefix. No SDK reads them.
class ChunkNames {
  public:
    explicit ChunkNames(std::string_view prefix);
    [[nodiscard]] std::string const& Heads(DataKind kind) const noexcept {
        return kind == DataKind::kFeatures ? features_ : segments_;
    }
    [[nodiscard]] std::string const& Chunks() const noexcept { return chunks_; }
    /// All of them, heads before the chunks that they need. A new one must be named here, or `wipe`
    /// leaves it behind.
    [[nodiscard]] std::vector<std::string> All() const { return {features_, segments_, chunks_}; }
    /// Primary keys of rows. Chunk 0 is in the head itself.
    [[nodiscard]] Item HeadKey(DataKind kind, std::string_view key) const;
    [[nodiscard]] Item ChunkKey(std::string_view generation, std::size_t index) const;

  private:
    std::string features_;
    std::string segments_;
    std::string chunks_;
};

/// A name that no other writing of an item has, with the time of its making in front.
[[nodiscard]] std::string MakeGeneration(Clock& clock);
/// When it was made; nullopt for what is no generation.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> GenerationTime(
    std::string_view generation);
/// The generation that a chunk's sort key names; empty when it names none.
[[nodiscard]] std::string_view GenerationOfChunk(std::string_view sort_key);

/// A head, as far as it can be understood.
struct Head {
    std::int64_t version = -1;
    /// The head hides an official row of up to that version (or hid it, before it was retired): at
    /// least its own.
    std::int64_t covers = std::numeric_limits<std::int64_t>::max();
    /// The item is in the official row, of that version or a newer one (or gone).
    bool retired = false;
    std::string generation{};
    std::optional<AttributeValue> stored_generation{};  ///< As it stands in the row.
    std::size_t chunks = 0;                             ///< The head's own one included.
    std::size_t size = 0;                               ///< Bytes of the text.
    std::string digest{};
    std::string problem{};  ///< Why the item cannot be read; empty when it can.
};
/// @param max_item_bytes  larger texts are a problem.
[[nodiscard]] Head ReadHead(Item const& row, std::size_t max_item_bytes);
/// Whether the head's item counts, not the official row.
/// @param official  the official row's version; nullopt: no row, or none that has one.
[[nodiscard]] bool Hides(Head const& head, std::optional<std::int64_t> official) noexcept;
/// The attribute `version`, when it is an integer.
[[nodiscard]] std::optional<std::int64_t> VersionOf(Item const& row) noexcept;

struct HeadContent {
    std::int64_t version = 0;
    std::int64_t covers = 0;
    std::string_view generation{};
    std::size_t chunks = 0;
    std::size_t size = 0;
    std::string_view digest{};
};
[[nodiscard]] Item MakeHeadRow(Item key, HeadContent const& content, std::string first_chunk);
/// The row that a head becomes when its item, of that version, moves to the official row, or goes.
[[nodiscard]] Item MakeRetiredRow(Item key, Head const& head, std::int64_t version,
                                  std::string_view generation);
[[nodiscard]] Item MakeChunkRow(Item key, std::string chunk);
/// The bytes of a head's or chunk's data; nullptr when it has none.
[[nodiscard]] std::string const* DataOf(Item const& row) noexcept;

/// Everything of a head but its data.
void ProjectFacts(BatchGetItemRequest& request);
void ProjectFacts(GetItemRequest& request);
/// Leaves the names that the query has.
void ProjectFacts(QueryRequest& request);

}  // namespace lddynamo::store
