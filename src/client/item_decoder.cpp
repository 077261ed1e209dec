#include "client/item_decoder.hpp"

#include <string>
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

Stamp StampOf(std::string_view what) noexcept {
    return {-1, what.size(), HashKey(what, kStampSeed)};
}

}  // namespace

template <class T>
Decoded<T> ItemDecoder::Decode(DataKind kind, std::string_view key, SerializedItem const& item) {
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
Decoded<T> ItemDecoder::Malformed(DataKind kind, std::string_view key, std::string_view what,
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

void ItemDecoder::Fill(ReadItem& item, SerializedItem const& stored) {
    if (item.key.kind == DataKind::kFeatures) {
        item.flag = Decode<model::FeatureFlag>(item.key.kind, item.key.key, stored);
    } else {
        item.segment = Decode<model::Segment>(item.key.kind, item.key.key, stored);
    }
}

void ItemDecoder::FillMalformed(ReadItem& item, std::string_view what) {
    if (item.key.kind == DataKind::kFeatures) {
        item.flag = Malformed<model::FeatureFlag>(item.key.kind, item.key.key, what, StampOf(what));
    } else {
        item.segment = Malformed<model::Segment>(item.key.kind, item.key.key, what, StampOf(what));
    }
}

ItemDecoder::Made ItemDecoder::MakeRoot(StoreData const& data, std::span<ItemNote const> malformed,
                                        Making const& making) {
    Made made;
    made.root = std::make_unique<Root>(data.features.size(), data.segments.size());
    made.root->complete = true;
    made.root->read = making.read;
    made.root->complete_until.store(making.expires, std::memory_order_relaxed);
    made.malformed = malformed.size();
    made.malformed += AddAll<model::FeatureFlag>(*made.root, data.features, making);
    made.malformed += AddAll<model::Segment>(*made.root, data.segments, making);
    if (making.IsAbandoned()) return {};
    for (ItemNote const& note : malformed) {
        if (note.kind == DataKind::kFeatures) {
            AddMalformed<model::FeatureFlag>(*made.root, note, making);
        } else {
            AddMalformed<model::Segment>(*made.root, note, making);
        }
    }
    return made;
}

template <class T>
std::size_t ItemDecoder::AddAll(Root& root, ItemMap const& items, Making const& making) {
    constexpr DataKind kKind =
        std::is_same_v<T, model::FeatureFlag> ? DataKind::kFeatures : DataKind::kSegments;
    std::size_t malformed = 0;
    for (auto const& [key, item] : items) {
        if (making.IsAbandoned()) break;
        Decoded<T> decoded = Decode<T>(kKind, key, item);
        if (decoded.malformed) ++malformed;
        if (!decoded.object && !decoded.malformed && !making.keep_deleted) continue;
        AddEntry<T>(root, key, cache_.Hash(key), std::move(decoded), making.read, making.expires);
    }
    return malformed;
}

template <class T>
void ItemDecoder::AddMalformed(Root& root, ItemNote const& note, Making const& making) {
    AddEntry<T>(root, note.key, cache_.Hash(note.key),
                Malformed<T>(note.kind, note.key, note.what, StampOf(note.what)), making.read,
                making.expires);
}

}  // namespace lddynamo::client
