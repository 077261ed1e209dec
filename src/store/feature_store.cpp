#include <lddynamo/feature_store.hpp>

#include "store/names.hpp"

#include <set>
#include <utility>

namespace lddynamo {

Result<UpsertOutcome> FeatureStore::Delete(DataKind kind, std::string_view key,
                                           std::int64_t version) {
    return Upsert(kind, key, MakeTombstone(key, version));
}

Status FeatureStore::CheckAvailable() {
    auto initialized = Initialized();
    if (!initialized) return Fail(std::move(initialized.error()));
    return {};
}

Result<FeatureStore::ManyItems> FeatureStore::GetMany(std::span<ItemKey const> keys) {
    ManyItems many;
    for (auto const& wanted : std::set<ItemKey>(keys.begin(), keys.end())) {
        auto item = Get(wanted.kind, wanted.key);
        if (item) {
            if (*item) many.items.emplace(wanted, std::move(**item));
        } else if (item.error().code == ErrorCode::kInvalidData) {
            many.malformed.push_back({wanted.kind, wanted.key, item.error().message});
        } else {
            return Fail(std::move(item.error()));
        }
    }
    return many;
}

Result<LoadedData> FeatureStore::LoadAll() {
    LoadedData loaded;
    for (DataKind const kind : {DataKind::kFeatures, DataKind::kSegments}) {
        auto all = All(kind);
        if (!all) return Fail(std::move(all.error()));
        loaded.data.Of(kind) = std::move(all->items);
        loaded.malformed.insert(loaded.malformed.end(),
                                std::make_move_iterator(all->malformed.begin()),
                                std::make_move_iterator(all->malformed.end()));
    }
    return loaded;
}

}  // namespace lddynamo
