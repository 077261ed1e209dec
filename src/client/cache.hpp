/// @file
/// Cache: what was read from the store, decoded once, read without a lock.
/// Layer: client.
#pragma once

#include "client/epoch.hpp"
#include "client/item.hpp"
#include "client/item_table.hpp"

#include <lddynamo/feature_store.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace lddynamo::client {

/// One generation of the cache. A load of everything makes a new one, so that a reader sees flags
/// and segments of one and the same load; single items are added to the current one.
struct Root final : Retirable {
    explicit Root(std::size_t flag_count = 0, std::size_t segment_count = 0)
        : flags(flag_count), segments(segment_count) {}

    ItemTable<model::FeatureFlag> flags;
    ItemTable<model::Segment> segments;
    bool complete = false;   ///< Made by a load of everything; constant once it is visible.
    std::uint64_t read = 0;  ///< Number of that load.
    /// Until then it is as fresh as single items are.
    mutable std::atomic<Nanoseconds> complete_until{kExpired};
    /// A key that is not here, nor in the store then. Not so where someone else may add items to a
    /// store that this client writes itself, and they are to be found.
    bool absent_is_known = true;
    std::size_t absent = 0;  ///< Entries without an object; guarded by the writers' lock.

    template <class T>
    [[nodiscard]] ItemTable<T> const& Of() const noexcept {
        if constexpr (std::is_same_v<T, model::FeatureFlag>) {
            return flags;
        } else {
            return segments;
        }
    }
    template <class T>
    [[nodiscard]] ItemTable<T>& Of() noexcept {
        return const_cast<ItemTable<T>&>(std::as_const(*this).template Of<T>());
    }
};

/// @par Thread safety  All methods may be called from any thread at once.
class Cache {
  public:
    /// @param max_absent  most entries without an object that are kept.
    /// @param keep_absent  false: only objects are kept.
    Cache(std::size_t max_absent, bool keep_absent);
    ~Cache();
    Cache(Cache const&) = delete;
    Cache& operator=(Cache const&) = delete;

    [[nodiscard]] Epochs const& Readers() const noexcept { return epochs_; }
    /// Valid while the guard lives under which it was called.
    [[nodiscard]] Root const& Current() const noexcept {
        return *root_.load(std::memory_order_seq_cst);
    }
    [[nodiscard]] std::uint64_t Hash(std::string_view key) const noexcept {
        return HashKey(key, seed_);
    }

    /// The number of a read that starts now. What an earlier read found never replaces a later
    /// one's.
    [[nodiscard]] std::uint64_t StartRead() noexcept { return next_read_.fetch_add(1) + 1; }
    /// A copy of what is known of a key.
    template <class T>
    [[nodiscard]] Decoded<T> Known(std::string_view key) const;
    /// Keeps what a read found, until `expires`. Items that failed are skipped.
    void Store(std::span<ReadItem const> items, std::uint64_t read, Nanoseconds expires,
               Nanoseconds now);
    /// Ends the claim of a thread that could not read these keys: they are expired again.
    void GiveBack(std::span<ItemKey const> keys, Nanoseconds now) noexcept;
    /// Puts a new generation in the place of the current one, with what single reads found
    /// meanwhile.
    /// @param keep_known  what was known stays as it is; only what is new is taken.
    void Install(std::unique_ptr<Root> root, bool keep_known);

    /// Entries of both kinds, with and without an object.
    [[nodiscard]] std::size_t Size() const;
    [[nodiscard]] std::size_t AbsentCount() const;

  private:
    template <class T>
    void StoreOne(std::string_view key, Decoded<T> const& decoded, std::uint64_t read,
                  Nanoseconds expires, Nanoseconds now);
    template <class T>
    void Carry(Root const& from, Root& to, bool all);
    template <class T>
    void RemoveExpiredAbsent(Root& root, Nanoseconds now);
    template <class T>
    void GiveBackOne(std::string_view key, Nanoseconds now) noexcept;
    [[nodiscard]] Root& Writable() noexcept { return *root_.load(std::memory_order_relaxed); }

    std::size_t const max_absent_;
    bool const keep_absent_;
    std::uint64_t const seed_;
    std::atomic<std::uint64_t> next_read_{0};
    Epochs epochs_;
    std::atomic<Root*> root_;
    mutable std::mutex write_mutex_;  // the writers' lock: everything that changes tables or epochs
    Nanoseconds next_sweep_ = kExpired;  // guarded by write_mutex_
};

}  // namespace lddynamo::client
