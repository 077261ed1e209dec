/// @file
/// StoreReader: reads items and decodes them.
/// Layer: client.
#pragma once

#include "client/cache.hpp"
#include "client/guarded.hpp"
#include "client/store_health.hpp"

#include <lddynamo/clock.hpp>
#include <lddynamo/feature_store.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::client {

template <class Call>
auto Guarded(Call&& call) -> decltype(call()) {
    return Guarded("the feature store", std::forward<Call>(call));
}

/// Reads from the store, and decodes what is new. What cannot be understood is logged once, and
/// keeps the object that the cache has of it.
/// @par Thread safety  All methods may be called from any thread at once.
/// @par Blocking       As the store.
class StoreReader {
  public:
    StoreReader(FeatureStore& store, Cache const& cache, StoreHealth& health, Clock const& clock,
                Logger logger)
        : store_(store),
          cache_(cache),
          health_(health),
          clock_(clock),
          logger_(std::move(logger)) {}

    /// One read of all the keys. An answer for each key; all of them failed when the store does.
    [[nodiscard]] std::vector<ReadItem> Read(std::vector<ItemKey> const& keys);

    struct Everything {
        std::unique_ptr<Root> root{};
        std::size_t malformed = 0;
    };
    /// Reads all there is into a new generation, whose entries expire at `expires`.
    [[nodiscard]] Result<Everything> ReadAll(std::uint64_t read, Nanoseconds expires);

  private:
    template <class T>
    [[nodiscard]] Decoded<T> Decode(DataKind kind, std::string_view key,
                                    SerializedItem const& item);
    template <class T>
    [[nodiscard]] Decoded<T> Malformed(DataKind kind, std::string_view key, std::string_view what,
                                       Stamp const& stamp);
    template <class T>
    std::size_t AddAll(Root& root, ItemMap const& items, std::uint64_t read, Nanoseconds expires);
    template <class T>
    void AddMalformed(Root& root, ItemNote const& note, std::uint64_t read, Nanoseconds expires);
    [[nodiscard]] Result<FeatureStore::ManyItems> Fetch(std::vector<ItemKey> const& keys);
    [[nodiscard]] Nanoseconds Now() const noexcept;

    FeatureStore& store_;
    Cache const& cache_;
    StoreHealth& health_;
    Clock const& clock_;
    Logger const logger_;
    std::atomic<int> malformed_lines_{0};  // a bound on what a broken table makes us log
};

}  // namespace lddynamo::client
