#include "client/store_reader.hpp"

#include <chrono>
#include <utility>

namespace lddynamo::client {
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
    } else if (IsMalformedRow(item.error())) {
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
        if (auto const at = found->items.find(item.key); at != found->items.end()) {
            decoder_.Fill(item, at->second);
        } else if (auto const bad = malformed.find(item.key); bad != malformed.end()) {
            decoder_.FillMalformed(item, bad->second->what);
        }
        item.failed = false;
    }
    return result;
}

Result<ItemDecoder::Made> StoreReader::ReadAll(ItemDecoder::Making const& making) {
    Nanoseconds const started = Now();
    Result<LoadedData> const loaded = Guarded([&] { return store_.LoadAll(); });
    if (!loaded) {
        health_.Failed(loaded.error(), started, Now());
        return Fail(loaded.error());
    }
    health_.Succeeded();
    return decoder_.MakeRoot(loaded->data, loaded->malformed, making);
}

}  // namespace lddynamo::client
