#include "client/store_reader.hpp"

#include <chrono>
#include <type_traits>
#include <utility>

namespace lddynamo::client {
namespace {

constexpr int kMaxMalformedLines = 1000;
constexpr std::uint64_t kStampSeed = 0x5851F42D4C957F2DU;

template <class T>
auto Parse(std::string_view json) {
    if constexpr (std::is_same_v<T, model::FeatureFlag>) {
        return model::DecodeFlag(json);
    } else {
        return model::DecodeSegment(json);
    }
}

}  // namespace

Nanoseconds StoreReader::Now() const noexcept {
    return std::chrono::nanoseconds(clock_.SteadyNow().time_since_epoch()).count();
}

Result<FeatureStore::ManyItems> StoreReader::Fetch(std::vector<ItemKey> const& keys) {
    if (keys.size() != 1) return store_.GetMany(keys);
    ItemKey const& key = keys.front();
    FeatureStore::ManyItems items;
    Result<std::optional<SerializedItem>> item = store_.Get(key.kind, key.key);
    if (item) {
        if (*item) items.items.emplace(key, *std::move(*item));
    } else if (item.error().code == ErrorCode::kInvalidData && item.error().http_status == 0) {
        // The row; with a status, it is a server's answer that is no answer of DynamoDB's.
        items.malformed.push_back({key.kind, key.key, item.error().message});
    } else {
        return Fail(std::move(item.error()));
    }
    return items;
}

std::vector<ReadItem> StoreReader::Read(std::vector<ItemKey> const& keys) {
    std::vector<ReadItem> result(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        result[i].key = keys[i];
        result[i].failed = true;
    }
    Nanoseconds const started = Now();
    Result<FeatureStore::ManyItems> const found = Guarded([&] { return Fetch(keys); });
    if (!found) {
        health_.Failed(found.error(), started, Now());
        return result;
    }
    health_.Succeeded();
    std::map<ItemKey, ItemNote const*> malformed;
    for (ItemNote const& note : found->malformed) malformed[{note.kind, note.key}] = &note;
    for (ReadItem& item : result) {
        auto const fill = [&]<class T>(Decoded<T>& decoded) {
            if (auto const at = found->items.find(item.key); at != found->items.end()) {
                decoded = Decode<T>(item.key.kind, item.key.key, at->second);
            } else if (auto const bad = malformed.find(item.key); bad != malformed.end()) {
                std::string const& what = bad->second->what;
                decoded = Malformed<T>(item.key.kind, item.key.key, what,
                                       {-1, what.size(), HashKey(what, kStampSeed)});
            }
        };
        if (item.key.kind == DataKind::kFeatures) {
            fill(item.flag);
        } else {
            fill(item.segment);
        }
        item.failed = false;
    }
    return result;
}

template <class T>
Decoded<T> StoreReader::Decode(DataKind kind, std::string_view key, SerializedItem const& item) {
    Stamp const stamp{item.version, item.json.size(), HashKey(item.json, kStampSeed)};
    if (item.deleted) return {nullptr, false, stamp};
    Decoded<T> known = cache_.Known<T>(key);
    if (known.stamp == stamp && known.object && !known.malformed) return known;
    auto parsed = Parse<T>(item.json);
    if (!parsed) return Malformed<T>(kind, key, parsed.error().message, stamp);
    if ((*parsed)->deleted) return {nullptr, false, stamp};
    return {std::shared_ptr<T const>(std::move(*parsed)), false, stamp};
}

template <class T>
Decoded<T> StoreReader::Malformed(DataKind kind, std::string_view key, std::string_view what,
                                  Stamp const& stamp) {
    Decoded<T> known = cache_.Known<T>(key);
    if (known.malformed && known.stamp == stamp) return known;
    known.malformed = true;
    known.stamp = stamp;
    if (logger_.Enabled(LogLevel::kWarn) && malformed_lines_.fetch_add(1) < kMaxMalformedLines) {
        std::string line = kind == DataKind::kFeatures ? "flag \"" : "segment \"";
        line.append(key).append("\" cannot be understood, ");
        line += known.object ? "what it was before stays in use: " : "it is left out: ";
        logger_.Warn(line.append(what));
    }
    return known;
}

Result<StoreReader::Everything> StoreReader::ReadAll(std::uint64_t read, Nanoseconds expires) {
    Nanoseconds const started = Now();
    Result<LoadedData> const loaded = Guarded([&] { return store_.LoadAll(); });
    if (!loaded) {
        health_.Failed(loaded.error(), started, Now());
        return Fail(loaded.error());
    }
    health_.Succeeded();
    Everything all;
    all.root = std::make_unique<Root>(loaded->data.features.size(), loaded->data.segments.size());
    all.root->complete = true;
    all.root->read = read;
    all.root->complete_until.store(expires, std::memory_order_relaxed);
    all.malformed = loaded->malformed.size();
    all.malformed += AddAll<model::FeatureFlag>(*all.root, loaded->data.features, read, expires);
    all.malformed += AddAll<model::Segment>(*all.root, loaded->data.segments, read, expires);
    for (ItemNote const& note : loaded->malformed) {
        if (note.kind == DataKind::kFeatures) {
            AddMalformed<model::FeatureFlag>(*all.root, note, read, expires);
        } else {
            AddMalformed<model::Segment>(*all.root, note, read, expires);
        }
    }
    return all;
}

namespace {

template <class T>
void AddEntry(Root& root, std::string_view key, std::uint64_t hash, Decoded<T> decoded,
              std::uint64_t read, Nanoseconds expires) {
    Epochs unshared;  // nobody reads this generation yet
    auto entry = std::make_unique<Entry<T>>();
    entry->key = key;
    entry->hash = hash;
    entry->decoded = std::move(decoded);
    entry->read = read;
    entry->expires.store(expires, std::memory_order_relaxed);
    root.Of<T>().Put(std::move(entry), unshared);
}

}  // namespace

template <class T>
std::size_t StoreReader::AddAll(Root& root, ItemMap const& items, std::uint64_t read,
                                Nanoseconds expires) {
    constexpr DataKind kKind =
        std::is_same_v<T, model::FeatureFlag> ? DataKind::kFeatures : DataKind::kSegments;
    std::size_t malformed = 0;
    for (auto const& [key, item] : items) {
        Decoded<T> decoded = Decode<T>(kKind, key, item);
        if (decoded.malformed) ++malformed;
        if (!decoded.object && !decoded.malformed) continue;  // deleted
        AddEntry<T>(root, key, cache_.Hash(key), std::move(decoded), read, expires);
    }
    return malformed;
}

template <class T>
void StoreReader::AddMalformed(Root& root, ItemNote const& note, std::uint64_t read,
                               Nanoseconds expires) {
    Stamp const stamp{-1, note.what.size(), HashKey(note.what, kStampSeed)};
    AddEntry<T>(root, note.key, cache_.Hash(note.key),
                Malformed<T>(note.kind, note.key, note.what, stamp), read, expires);
}

}  // namespace lddynamo::client
