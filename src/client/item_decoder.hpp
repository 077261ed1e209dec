/// @file
/// ItemDecoder: makes flags and segments of stored items, new ones only where something changed.
/// Layer: client.
#pragma once

#include "client/cache.hpp"
#include "client/item.hpp"

#include <lddynamo/feature_store.hpp>
#include <lddynamo/logger.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace lddynamo::client {

/// What cannot be understood is logged once, and keeps the object that the cache has of it.
/// @par Thread safety  All methods may be called from any thread at once.
class ItemDecoder {
  public:
    ItemDecoder(Cache const& cache, Logger logger) : cache_(cache), logger_(std::move(logger)) {}

    /// Fills the part of `item` that its key's kind says.
    void Fill(ReadItem& item, SerializedItem const& stored);
    /// @param what  why the row cannot be understood.
    void FillMalformed(ReadItem& item, std::string_view what);

    /// How a generation is made.
    struct Making {
        std::uint64_t read = 0;
        Nanoseconds expires = 0;
        bool keep_deleted = false;  ///< With entries for tombstones, which remember versions.
        std::atomic<bool> const* abandoned = nullptr;  ///< Once set, it is given up.
        [[nodiscard]] bool IsAbandoned() const noexcept {
            return abandoned != nullptr && abandoned->load(std::memory_order_relaxed);
        }
    };
    struct Made {
        std::unique_ptr<Root> root{};  ///< nullptr: given up.
        std::size_t malformed = 0;
    };
    /// A complete generation of all that there is.
    [[nodiscard]] Made MakeRoot(StoreData const& data, std::span<ItemNote const> malformed,
                                Making const& making);

  private:
    template <class T>
    [[nodiscard]] Decoded<T> Decode(DataKind kind, std::string_view key,
                                    SerializedItem const& item);
    template <class T>
    [[nodiscard]] Decoded<T> Malformed(DataKind kind, std::string_view key, std::string_view what,
                                       Stamp const& stamp);
    template <class T>
    std::size_t AddAll(Root& root, ItemMap const& items, Making const& making);
    template <class T>
    void AddMalformed(Root& root, ItemNote const& note, Making const& making);

    Cache const& cache_;
    Logger const logger_;
    std::atomic<int> malformed_lines_{0};  // a bound on what a broken table makes us log
};

}  // namespace lddynamo::client
