/// @file
/// CallbackBigSegmentStore: a Big Segments store that the harness plays.
#pragma once

#include "callback.hpp"

#include <lddynamo/big_segment_store.hpp>

#include <optional>
#include <string_view>

namespace lddynamo::contract {

class CallbackBigSegmentStore final : public BigSegmentStore {
  public:
    explicit CallbackBigSegmentStore(Callback callback);

    [[nodiscard]] Result<std::optional<BigSegmentTime>> GetMetadata() override;
    [[nodiscard]] Result<BigSegmentMembership> GetMembership(
        std::string_view context_hash) override;

  private:
    Callback callback_;
};

}  // namespace lddynamo::contract
