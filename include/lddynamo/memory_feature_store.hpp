/// @file
/// MemoryFeatureStore: flags and segments in memory.
/// Layer: store.
#pragma once

#include <lddynamo/feature_store.hpp>

#include <mutex>

namespace lddynamo {

/// A FeatureStore in memory, empty and not initialized at first. Init and Upsert refuse what every
/// store refuses (kInvalidArgument, kInvalidData: see FeatureStore), nothing else fails; never
/// blocks for long.
class MemoryFeatureStore final : public FeatureStore {
  public:
    [[nodiscard]] Result<InitReport> Init(StoreData const& data) override;
    [[nodiscard]] Result<bool> Initialized() override;
    [[nodiscard]] Result<std::optional<SerializedItem>> Get(DataKind kind,
                                                            std::string_view key) override;
    [[nodiscard]] Result<AllItems> All(DataKind kind) override;
    [[nodiscard]] Result<UpsertOutcome> Upsert(DataKind kind, std::string_view key,
                                               SerializedItem const& item) override;

  private:
    std::mutex mutex_;
    StoreData data_;            // guarded by mutex_
    bool initialized_ = false;  // guarded by mutex_
};

}  // namespace lddynamo
