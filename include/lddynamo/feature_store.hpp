/// @file
/// FeatureStore: the one interface of every place that keeps flags and segments.
/// Layer: store.
///
/// The verbs are those of LaunchDarkly's persistent stores: Init, Initialized, Get, All, Upsert,
/// Delete. A store moves serialized items; it does not interpret a flag beyond key, version,
/// deleted and (for the order of Init) prerequisites.
#pragma once

#include <lddynamo/result.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo {

enum class DataKind : std::uint8_t { kFeatures, kSegments };
/// "features" or "segments": the names in the table.
[[nodiscard]] std::string_view ToString(DataKind kind) noexcept;

/// A flag or segment in stored form.
struct SerializedItem {
    std::int64_t version = 0;
    bool deleted = false;  ///< A tombstone: remembers the version of what was deleted.
    std::string json{};    ///< The whole JSON text, also of a tombstone.
    friend bool operator==(SerializedItem const&, SerializedItem const&) = default;
};

/// The tombstone that the official Python SDK and LaunchDarkly's stream use:
/// `{"key":"k","version":N,"deleted":true}`.
[[nodiscard]] SerializedItem MakeTombstone(std::string_view key, std::int64_t version);

/// Reads key, version and deleted out of a flag's or segment's JSON; the text is kept as it is. A
/// missing `version` counts as 0, as in LaunchDarkly's Go SDK; of members that appear twice the
/// last counts.
/// @param key  the expected key; empty accepts any.
/// @retval ErrorCode::kInvalidData  not a JSON object, no string `key`, another key than expected,
/// or a
///                                  `version` that is no integer of 0 to 2^53.
[[nodiscard]] Result<SerializedItem> MakeSerializedItem(std::string_view key, std::string json);

/// Key to item.
using ItemMap = std::map<std::string, SerializedItem, std::less<>>;

/// Everything a store holds.
struct StoreData {
    ItemMap features{};
    ItemMap segments{};
    [[nodiscard]] ItemMap& Of(DataKind kind) {
        return kind == DataKind::kFeatures ? features : segments;
    }
    [[nodiscard]] ItemMap const& Of(DataKind kind) const {
        return kind == DataKind::kFeatures ? features : segments;
    }
    friend bool operator==(StoreData const&, StoreData const&) = default;
};

/// An item, by kind and key, that something is said about.
struct ItemNote {
    DataKind kind = DataKind::kFeatures;
    std::string key{};
    std::string what{};  ///< One line for people.
    friend bool operator==(ItemNote const&, ItemNote const&) = default;
};

/// What Init did.
struct InitReport {
    std::size_t written = 0;
    std::size_t unchanged = 0;
    std::size_t deleted = 0;
    /// Rows that another writer changed during the Init and that therefore stay as it left them.
    std::size_t kept = 0;
    /// Items over the store's size limit: not written; an older row of theirs stays as it was.
    std::vector<ItemNote> oversize{};
};

/// What All and LoadAll found.
struct AllItems {
    ItemMap items{};                    ///< Tombstones included.
    std::vector<ItemNote> malformed{};  ///< Rows left out because they cannot be understood.
};
struct LoadedData {
    StoreData data{};
    std::vector<ItemNote> malformed{};
};

enum class UpsertOutcome : std::uint8_t {
    kWritten,
    kStale,     ///< An equal or newer version is stored; nothing was written. Not an error.
    kOversize,  ///< Over the store's size limit; nothing was written, the older row stays.
};

struct ItemKey {
    DataKind kind = DataKind::kFeatures;
    std::string key{};
    friend auto operator<=>(ItemKey const&, ItemKey const&) = default;
};

/// Versioned storage of flags and segments.
///
/// Every method can fail with what the medium fails with; for DynamoDB see DynamoDbClient. A failed
/// call may be repeated: all writes are idempotent.
/// @par Thread safety  All methods may be called from any thread at once.
/// @par Blocking       May block on I/O, bounded by the store's own deadlines.
/// @par Lifetime       Results are copies; nothing points into the store.
class FeatureStore {
  public:
    FeatureStore() = default;
    FeatureStore(FeatureStore const&) = delete;
    FeatureStore& operator=(FeatureStore const&) = delete;
    virtual ~FeatureStore() = default;

    /// Makes the store hold exactly `data`, then marks it initialized. A reader that looks
    /// meanwhile never misses an item that is in both the old and the new data. Items are stored
    /// under their key in the map; tombstones whose text does not say so get that of MakeTombstone.
    /// @retval ErrorCode::kInvalidArgument  a key is not 1 to 1024 bytes of UTF-8; nothing was
    /// sent.
    /// @retval ErrorCode::kInvalidData      an item's text is no JSON object; nothing was sent.
    /// @retval ErrorCode::kIncomplete       some rows were not written; the message says how many.
    /// What
    ///                                      was there before stays readable.
    [[nodiscard]] virtual Result<InitReport> Init(StoreData const& data) = 0;
    /// Whether an Init was ever completed here. "Could not tell" is the error.
    [[nodiscard]] virtual Result<bool> Initialized() = 0;
    /// Whether the medium answers at all: the cheapest request that tells, initialized or not. For
    /// probes that ask again and again while a store is down (Go: IsStoreAvailable). The default
    /// calls Initialized; a store that remembers its answer should override it.
    [[nodiscard]] virtual Status CheckAvailable();
    /// The item, tombstones included; nullopt when there is none.
    /// @param key  1 to 1024 bytes of UTF-8; other keys are never stored, and give nullopt.
    /// @retval ErrorCode::kInvalidData  the stored row cannot be understood.
    [[nodiscard]] virtual Result<std::optional<SerializedItem>> Get(DataKind kind,
                                                                    std::string_view key) = 0;
    /// All items of a kind. A row that cannot be understood is left out and listed, never an error.
    [[nodiscard]] virtual Result<AllItems> All(DataKind kind) = 0;
    /// Writes `item` if its version is greater than the stored one.
    /// @param key  1 to 1024 bytes of UTF-8.
    /// @retval ErrorCode::kInvalidArgument  the key is empty, too long or no UTF-8; nothing was
    /// sent.
    /// @retval ErrorCode::kInvalidData      the item's text is no JSON object; nothing was sent.
    [[nodiscard]] virtual Result<UpsertOutcome> Upsert(DataKind kind, std::string_view key,
                                                       SerializedItem const& item) = 0;
    /// Upsert of a tombstone.
    [[nodiscard]] Result<UpsertOutcome> Delete(DataKind kind, std::string_view key,
                                               std::int64_t version);

    /// Several Gets in as few round trips as possible; what is absent is left out, what cannot be
    /// understood is listed. The default calls Get for each.
    struct ManyItems {
        std::map<ItemKey, SerializedItem> items{};
        std::vector<ItemNote> malformed{};
    };
    [[nodiscard]] virtual Result<ManyItems> GetMany(std::span<ItemKey const> keys);
    /// All of both kinds, in parallel where possible. The default calls All twice.
    [[nodiscard]] virtual Result<LoadedData> LoadAll();
};

}  // namespace lddynamo
