/// @file
/// MemoryBigSegmentStore: Big Segments in memory.
/// Layer: store.
#pragma once

#include <lddynamo/big_segment_store.hpp>

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace lddynamo {

/// A BigSegmentStore in memory, for tests; never written at first. Never fails, never blocks for
/// long.
/// @par Thread safety  All methods may be called from any thread at once.
class MemoryBigSegmentStore final : public BigSegmentStore {
  public:
    void SetMetadata(std::optional<BigSegmentTime> up_to_date);
    /// Replaces what is known about a context; an empty membership removes it.
    void SetMembership(std::string_view context_hash, BigSegmentMembership membership);

    [[nodiscard]] Result<std::optional<BigSegmentTime>> GetMetadata() override;
    [[nodiscard]] Result<BigSegmentMembership> GetMembership(
        std::string_view context_hash) override;

  private:
    std::mutex mutex_;
    std::optional<BigSegmentTime> up_to_date_;                              // guarded by mutex_
    std::map<std::string, BigSegmentMembership, std::less<>> memberships_;  // guarded by mutex_
};

}  // namespace lddynamo
