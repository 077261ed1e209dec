#include "store/chunk_reader.hpp"

#include "dynamodb/batching.hpp"
#include "store/chunk_codec.hpp"
#include "store/item_codec.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace lddynamo::store {
namespace {

constexpr int kMaxRounds = 20;

/// Namespace and key of a row.
using RowName = std::pair<std::string, std::string>;

RowName NameOf(Item const& row) {
    auto const text = [&](std::string_view name) {
        auto const* const attribute = FindAttribute(row, name);
        auto const* const value = attribute != nullptr ? attribute->AsS() : nullptr;
        return value != nullptr ? *value : std::string();
    };
    return {text(kNamespace), text(kKey)};
}

/// An item that is not decided yet.
struct Pending {
    explicit Pending(FoundRows found) : rows(std::move(found)) {}
    FoundRows rows;
    enum class Wants : std::uint8_t { kNothing, kOfficial, kChunks, kBoth };
    Wants wants = Wants::kNothing;
    bool official_is_later = false;    // read after the head
    std::string missing_generation{};  // whose chunks were not all there
};

/// One ReadChunked.
class ChunkReading {
  public:
    ChunkReading(ChunkAccess const& access, std::chrono::milliseconds timeout)
        : access_(access), deadline_(&access.clock, timeout) {}

    Result<FeatureStore::ManyItems> Run(std::vector<FoundRows> found) {
        std::vector<Pending> pending;
        for (auto& rows : found) {
            Pending one(std::move(rows));
            if (!Decide(one)) pending.push_back(std::move(one));
        }
        for (int round = 0; !pending.empty(); ++round) {
            if (round == kMaxRounds) return TooOften(pending.front().rows.key);
            auto rows = Ask(pending);
            if (!rows) return Fail(std::move(rows.error()));
            std::vector<Pending> rest;
            for (auto& one : pending) {
                if (!Take(one, *rows)) rest.push_back(std::move(one));
            }
            pending = std::move(rest);
        }
        return std::move(many_);
    }

  private:
    using RowsByName = std::map<RowName, Item>;

    tl::unexpected<Error> TooOften(ItemKey const& key) const {
        Error error;
        error.code = ErrorCode::kConflict;
        error.message = Describe(key.kind, key.key) + " was replaced each of the " +
                        std::to_string(kMaxRounds) + " times it was read";
        error.retryable = true;
        return Fail(std::move(error));
    }

    void Malformed(ItemKey const& key, std::string why) {
        access_.reader.LogOnce(key.kind, key.key, why);
        many_.malformed.push_back({key.kind, key.key, std::move(why)});
    }

    void TakeRow(ItemKey const& key, Item const& row) {
        auto item = access_.reader.Read(key.kind, row);
        if (item) {
            many_.items.insert_or_assign(key, std::move(*item));
        } else {
            many_.malformed.push_back({key.kind, key.key, std::move(item.error().message)});
        }
    }

    /// @return whether the item is decided; else `wants` says what is to be asked for.
    bool Decide(Pending& one) {
        auto const& [key, official, head_row] = one.rows;
        if (!head_row) {
            if (official) TakeRow(key, *official);
            return true;
        }
        Head const head = ReadHead(*head_row, access_.max_item_bytes);
        auto const version = official ? VersionOf(*official) : std::nullopt;
        if (!Hides(head, version)) {
            // The head gave way to an official row; one that it hid was read before that.
            bool const older =
                head.retired && (!version || (*version != head.version && *version <= head.covers));
            if (older && !one.official_is_later) {
                one.wants = Pending::Wants::kOfficial;
                return false;
            }
            if (official) TakeRow(key, *official);
            return true;
        }
        if (!head.problem.empty()) {
            Malformed(key, head.problem);
            return true;
        }
        if (head.generation == one.missing_generation) {
            Malformed(key, "not all of its " + std::to_string(head.chunks) + " chunks are there");
            return true;
        }
        if (head.chunks > 1) {
            one.wants = Pending::Wants::kChunks;
            return false;
        }
        Unpack(key, *head_row, head, {});
        return true;
    }

    void Unpack(ItemKey const& key, Item const& head_row, Head const& head,
                std::vector<Item const*> const& more) {
        if (head.size > budget_) {
            Malformed(key, "the chunked items of one call have over " +
                               std::to_string(kMaxUnpackedBytes) + " bytes");
            return;
        }
        std::vector<std::string_view> chunks;
        auto const add = [&](Item const& row) {
            auto const* const data = DataOf(row);
            if (data != nullptr) chunks.emplace_back(*data);
            return data != nullptr;
        };
        bool good = add(head_row);
        for (auto const* const row : more) good = add(*row) && good;
        if (!good) {
            Malformed(key, "its chunks are damaged: one has no `data`");
            return;
        }
        auto text = UnpackText(chunks, head.size, head.digest);
        if (!text) {
            Malformed(key, text.error().message);
            return;
        }
        budget_ -= head.size;
        // From here on as any row: the same rules say what is deleted and what is malformed.
        SerializedItem const item{.version = head.version, .json = std::move(*text)};
        TakeRow(key, RowFromItem(access_.names, key.kind, key.key, item));
    }

    Result<RowsByName> Ask(std::vector<Pending> const& pending) {
        BatchGetItemRequest request;
        request.table = access_.table;
        request.consistent_read = true;
        for (auto const& one : pending) {
            auto const& [kind, key] = one.rows.key;
            if (one.wants == Pending::Wants::kChunks) {
                Head const head = ReadHead(*one.rows.head, access_.max_item_bytes);
                for (std::size_t i = 1; i < head.chunks; ++i) {
                    request.keys.push_back(access_.chunk_names.ChunkKey(head.generation, i));
                }
                continue;
            }
            request.keys.push_back(access_.names.RowKey(kind, key));
            if (one.wants == Pending::Wants::kBoth) {
                request.keys.push_back(access_.chunk_names.HeadKey(kind, key));
            }
        }
        // Two heads of one generation can only be forged, but must not fail the whole request.
        std::set<RowName> seen;
        std::erase_if(request.keys,
                      [&](Item const& key) { return !seen.insert(NameOf(key)).second; });
        auto rows =
            GetAllItems(access_.client, std::move(request), access_.Batch(deadline_.Remaining()));
        if (!rows) return Fail(std::move(rows.error()));
        RowsByName by_name;
        for (auto& row : *rows) {
            auto name = NameOf(row);
            by_name.insert_or_assign(std::move(name), std::move(row));
        }
        return by_name;
    }

    /// What was asked for is there. @return whether the item is decided now.
    bool Take(Pending& one, RowsByName const& rows) {
        auto const find = [&](Item const& key) -> Item const* {
            auto const it = rows.find(NameOf(key));
            return it == rows.end() ? nullptr : &it->second;
        };
        auto const copy = [&](Item const& key) {
            auto const* const row = find(key);
            return row != nullptr ? std::optional<Item>(*row) : std::nullopt;
        };
        auto const& [kind, key] = one.rows.key;
        switch (std::exchange(one.wants, Pending::Wants::kNothing)) {
            case Pending::Wants::kChunks: {
                Head const head = ReadHead(*one.rows.head, access_.max_item_bytes);
                std::vector<Item const*> more;
                for (std::size_t i = 1; i < head.chunks; ++i) {
                    auto const* const row = find(access_.chunk_names.ChunkKey(head.generation, i));
                    if (row != nullptr) more.push_back(row);
                }
                if (more.size() + 1 == head.chunks) {
                    Unpack(one.rows.key, *one.rows.head, head, more);
                    return true;
                }
                // Somebody replaced the item meanwhile; if its head is still the same, it is
                // damaged.
                one.missing_generation = head.generation;
                one.wants = Pending::Wants::kBoth;
                return false;
            }
            case Pending::Wants::kBoth:
                one.rows.head = copy(access_.chunk_names.HeadKey(kind, key));
                one.rows.official = copy(access_.names.RowKey(kind, key));
                one.official_is_later = false;
                return Decide(one);
            case Pending::Wants::kOfficial:
                one.rows.official = copy(access_.names.RowKey(kind, key));
                one.official_is_later = true;
                return Decide(one);
            case Pending::Wants::kNothing:
                break;
        }
        return Decide(one);
    }

    ChunkAccess const& access_;
    dynamodb::Deadline const deadline_;
    FeatureStore::ManyItems many_;
    std::size_t budget_ = kMaxUnpackedBytes;
};

}  // namespace

Result<FeatureStore::ManyItems> ReadChunked(ChunkAccess const& access, std::vector<FoundRows> found,
                                            std::chrono::milliseconds timeout) {
    return ChunkReading(access, timeout).Run(std::move(found));
}

Result<FeatureStore::ManyItems> GetChunked(ChunkAccess const& access, std::span<ItemKey const> keys,
                                           std::chrono::milliseconds timeout) {
    BatchGetItemRequest request;
    request.table = access.table;
    request.consistent_read = true;
    std::vector<FoundRows> found;
    for (auto const& key : std::set<ItemKey>(keys.begin(), keys.end())) {
        if (!IsStorableKey(key.key)) continue;
        found.push_back({key, {}, {}});
        request.keys.push_back(access.names.RowKey(key.kind, key.key));
        request.keys.push_back(access.chunk_names.HeadKey(key.kind, key.key));
    }
    auto rows = GetAllItems(access.client, std::move(request), access.Batch(timeout));
    if (!rows) return Fail(std::move(rows.error()));
    std::map<RowName, Item> by_name;
    for (auto& row : *rows) {
        auto name = NameOf(row);
        by_name.insert_or_assign(std::move(name), std::move(row));
    }
    auto const take = [&](std::string const& ns, std::string const& key) {
        auto const it = by_name.find({ns, key});
        return it != by_name.end() ? std::optional<Item>(std::move(it->second)) : std::nullopt;
    };
    for (auto& [key, official, head] : found) {
        official = take(access.names.Namespace(key.kind), key.key);
        head = take(access.chunk_names.Heads(key.kind), key.key);
    }
    return ReadChunked(access, std::move(found), timeout);
}

void SplitByHead(ChunkAccess const& access, DataKind kind, std::vector<Item> official,
                 std::vector<Item> heads, std::vector<FoundRows>& found, ItemMap& items,
                 std::vector<ItemNote>& malformed) {
    if (!heads.empty()) {
        std::map<std::string, FoundRows, std::less<>> by_key;
        for (auto& row : heads) {
            std::string key(RowKey(row));
            if (key.empty()) continue;
            by_key.insert_or_assign(key, FoundRows{{kind, key}, std::nullopt, std::move(row)});
        }
        std::erase_if(official, [&](Item& row) {
            auto const it = by_key.find(RowKey(row));
            if (it == by_key.end()) return false;
            it->second.official = std::move(row);
            return true;
        });
        for (auto& [key, rows] : by_key) found.push_back(std::move(rows));
    }
    access.reader.ReadAll(kind, official, items, malformed);
}

}  // namespace lddynamo::store
