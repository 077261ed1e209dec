#include <lddynamo/memory_feature_store.hpp>

#include "store/item_text.hpp"

#include <utility>

namespace lddynamo {
namespace {

/// The items as they are kept.
Result<ItemMap> Prepare(DataKind kind, ItemMap const& items) {
    ItemMap prepared;
    for (auto const& [key, item] : items) {
        auto one = store::PrepareForWrite(kind, key, item);
        if (!one) return Fail(std::move(one.error()));
        prepared.emplace_hint(prepared.end(), key, std::move(one->item));
    }
    return prepared;
}

void CountChanges(ItemMap const& before, ItemMap const& after, InitReport& report) {
    for (auto const& [key, item] : after) {
        auto const old = before.find(key);
        auto& count =
            old != before.end() && old->second == item ? report.unchanged : report.written;
        ++count;
    }
    for (auto const& [key, item] : before) report.deleted += after.count(key) == 0 ? 1U : 0U;
}

}  // namespace

Result<InitReport> MemoryFeatureStore::Init(StoreData const& data) {
    auto features = Prepare(DataKind::kFeatures, data.features);
    if (!features) return Fail(std::move(features.error()));
    auto segments = Prepare(DataKind::kSegments, data.segments);
    if (!segments) return Fail(std::move(segments.error()));

    std::scoped_lock const lock(mutex_);
    InitReport report;
    CountChanges(data_.features, *features, report);
    CountChanges(data_.segments, *segments, report);
    data_.features = std::move(*features);
    data_.segments = std::move(*segments);
    initialized_ = true;
    return report;
}

Result<bool> MemoryFeatureStore::Initialized() {
    std::scoped_lock const lock(mutex_);
    return initialized_;
}

Result<std::optional<SerializedItem>> MemoryFeatureStore::Get(DataKind kind, std::string_view key) {
    std::scoped_lock const lock(mutex_);
    auto const& items = data_.Of(kind);
    auto const it = items.find(key);
    if (it == items.end()) return std::optional<SerializedItem>();
    return std::optional<SerializedItem>(it->second);
}

Result<AllItems> MemoryFeatureStore::All(DataKind kind) {
    std::scoped_lock const lock(mutex_);
    return AllItems{.items = data_.Of(kind)};
}

Result<UpsertOutcome> MemoryFeatureStore::Upsert(DataKind kind, std::string_view key,
                                                 SerializedItem const& item) {
    auto prepared = store::PrepareForWrite(kind, key, item);
    if (!prepared) return Fail(std::move(prepared.error()));

    std::scoped_lock const lock(mutex_);
    auto& items = data_.Of(kind);
    auto const it = items.find(key);
    if (it == items.end()) {
        items.emplace(key, std::move(prepared->item));
        return UpsertOutcome::kWritten;
    }
    if (it->second.version >= prepared->item.version) return UpsertOutcome::kStale;
    it->second = std::move(prepared->item);
    return UpsertOutcome::kWritten;
}

}  // namespace lddynamo
