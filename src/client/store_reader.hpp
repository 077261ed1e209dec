/// @file
/// StoreReader: reads items and decodes them.
/// Layer: client.
#pragma once

#include "client/guarded.hpp"
#include "client/item_decoder.hpp"
#include "client/store_health.hpp"

#include <lddynamo/clock.hpp>
#include <lddynamo/feature_store.hpp>
#include <lddynamo/result.hpp>

#include <utility>
#include <vector>

namespace lddynamo::client {

template <class Call>
auto Guarded(Call&& call) -> decltype(call()) {
    return Guarded("the feature store", std::forward<Call>(call));
}

/// Whether it is the row that is bad, and not the store: with a status, it is a server's answer
/// that is no answer of DynamoDB's.
[[nodiscard]] inline bool IsMalformedRow(Error const& error) noexcept {
    return error.code == ErrorCode::kInvalidData && error.http_status == 0;
}

/// Reads from the store, and decodes what is new.
/// @par Thread safety  All methods may be called from any thread at once.
/// @par Blocking       As the store.
class StoreReader {
  public:
    StoreReader(FeatureStore& store, ItemDecoder& decoder, StoreHealth& health,
                Clock const& clock) noexcept
        : store_(store), decoder_(decoder), health_(health), clock_(clock) {}

    /// One read of all the keys. An answer for each key; all of them failed when the store does.
    [[nodiscard]] std::vector<ReadItem> Read(std::vector<ItemKey> const& keys);

    /// Reads all there is into a new generation.
    [[nodiscard]] Result<ItemDecoder::Made> ReadAll(ItemDecoder::Making const& making);

  private:
    [[nodiscard]] Result<FeatureStore::ManyItems> Fetch(std::vector<ItemKey> const& keys);
    [[nodiscard]] Nanoseconds Now() const noexcept;

    FeatureStore& store_;
    ItemDecoder& decoder_;
    StoreHealth& health_;
    Clock const& clock_;
};

}  // namespace lddynamo::client
