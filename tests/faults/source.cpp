#include "faults/source.hpp"

#include <utility>

namespace lddynamo::faults {
namespace {

constexpr std::size_t kOversizeBytes = 400'000;
constexpr std::size_t kNoiseBytes = 530'000;  // six bits each

std::string Noise(std::uint64_t seed) {
    std::string text(kNoiseBytes, '\0');
    for (auto& c : text) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        c = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[seed >> 58U];
    }
    return text;
}

}  // namespace

Source::Source(Random& random, Shape shape) : random_(random), shape_(shape) {
    for (std::size_t i = 0; i < shape_.flags; ++i) {
        ItemKey const key{DataKind::kFeatures, "f" + std::to_string(i)};
        versions_[key] = 1;
        if (i == 0 || Chance(random_, 70)) now_.features.emplace(key.key, Make(key, 1, false));
    }
    for (std::size_t i = 0; i < shape_.segments; ++i) {
        ItemKey const key{DataKind::kSegments, "s" + std::to_string(i)};
        versions_[key] = 1;
        if (i == 0 || Chance(random_, 70)) now_.segments.emplace(key.key, Make(key, 1, false));
    }
    earlier_.push_back(now_);
}

ItemKey Source::AnyKey() const {
    std::size_t const i = Below(random_, shape_.flags + shape_.segments);
    return i < shape_.flags ? ItemKey{DataKind::kFeatures, "f" + std::to_string(i)}
                            : ItemKey{DataKind::kSegments, "s" + std::to_string(i - shape_.flags)};
}

std::size_t Source::IndexOf(ItemKey const& key) const {
    return std::stoul(key.key.substr(1));
}

SerializedItem Source::Make(ItemKey const& key, std::int64_t version, bool oversize) {
    std::string json =
        "{\"key\":\"" + key.key + "\",\"version\":" + std::to_string(version) + ",\"on\":true";
    // Flags need flags of lower numbers, so never in a circle.
    std::size_t const index = IndexOf(key);
    if (key.kind == DataKind::kFeatures && index > 0) {
        json += ",\"prerequisites\":[{\"key\":\"f" +
                std::to_string((index + static_cast<std::size_t>(version)) % index) +
                "\",\"variation\":0}]";
    }
    std::size_t const padding = oversize ? kOversizeBytes : shape_.padding;
    if (oversize && shape_.noise) {
        json += ",\"padding\":\"" + Noise(static_cast<std::uint64_t>(version)) + '"';
    } else if (padding > 0)
        json += ",\"padding\":\"" + std::string(padding, 'x') + '"';
    json += '}';
    return {.version = version, .deleted = false, .json = std::move(json)};
}

Source::Change Source::ChangeOne() {
    ItemKey key = AnyKey();
    std::int64_t const version = ++versions_[key];
    bool const stays = IndexOf(key) == 0;
    SerializedItem item;
    if (!stays && Chance(random_, 25)) {
        item = MakeTombstone(key.key, version);
    } else {
        item = Make(key, version, !stays && Chance(random_, shape_.oversize));
    }
    now_.Of(key.kind).insert_or_assign(key.key, item);
    return {std::move(key), std::move(item)};
}

StoreData Source::Next() {
    for (std::size_t i = Below(random_, 1 + shape_.flags / 2); i > 0; --i) {
        Change const change = ChangeOne();
        // LaunchDarkly forgets tombstones in its full answers.
        if (change.item.deleted && Chance(random_, 80)) {
            now_.Of(change.key.kind).erase(change.key.key);
        }
    }
    earlier_.push_back(now_);
    return now_;
}

StoreData Source::Earlier() const {
    return earlier_[Below(random_, earlier_.size())];
}

StoreData Source::Reset() {
    StoreData data;
    for (auto const kind : {DataKind::kFeatures, DataKind::kSegments}) {
        for (auto const& [key, item] : now_.Of(kind)) {
            data.Of(kind).emplace(key, Make({kind, key}, 1, false));
        }
    }
    return data;
}

}  // namespace lddynamo::faults
