/// @file
/// ItemTable: a hash table that is read without a lock while it is written.
/// Layer: client.
#pragma once

#include "client/epoch.hpp"
#include "client/item.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace lddynamo::client {

/// A hash that differs from client to client: nobody can prepare keys that all collide.
[[nodiscard]] inline std::uint64_t HashKey(std::string_view key, std::uint64_t seed) noexcept {
    __extension__ using Wide = unsigned __int128;
    auto const mix = [](std::uint64_t a, std::uint64_t b) noexcept {
        Wide const product = static_cast<Wide>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
    };
    std::uint64_t hash = seed ^ 0x9E3779B97F4A7C15U;
    std::size_t const size = key.size();
    char const* at = key.data();
    std::size_t left = size;
    for (; left >= 8; left -= 8, at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, 8);
        hash = mix(hash ^ word, 0xD6E8FEB86659FD93U ^ seed);
    }
    if (left > 0) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, left);
        hash = mix(hash ^ word, 0xA0761D6478BD642FU ^ seed);
    }
    return mix(hash ^ size, 0xE7037ED1A0B428DBU);
}

/// One key's last known state.
template <class T>
struct Entry final : Retirable {
    std::string key{};
    std::uint64_t hash = 0;
    Decoded<T> decoded{};
    mutable std::atomic<Nanoseconds> expires{kExpired};
    mutable std::uint64_t read =
        0;  ///< Number of the read it came with; guarded by the writers' lock.
};

/// Open addressing over pointers: adding stores one pointer, growing replaces the array.
/// @par Thread safety  Find and ForEach: under an Epochs::Guard. The rest: one writer at a time.
template <class T>
class ItemTable {
  public:
    /// @param expected  how many entries there will be.
    explicit ItemTable(std::size_t expected = 0) : slots_(new Slots(CapacityFor(expected))) {}
    ItemTable(ItemTable const&) = delete;
    ItemTable& operator=(ItemTable const&) = delete;
    ~ItemTable() {
        Slots const* slots = slots_.load(std::memory_order_relaxed);
        for (std::size_t i = 0; i <= slots->mask; ++i) {
            Entry<T> const* const entry = slots->at[i].load(std::memory_order_relaxed);
            if (entry != &removed_) delete entry;
        }
        delete slots;
    }

    /// nullptr when there is none.
    [[nodiscard]] Entry<T> const* Find(std::string_view key, std::uint64_t hash) const noexcept {
        Slots const& slots = *slots_.load(std::memory_order_seq_cst);
        for (std::size_t i = hash & slots.mask;; i = (i + 1) & slots.mask) {
            Entry<T> const* const entry = slots.at[i].load(std::memory_order_seq_cst);
            if (entry == nullptr) return nullptr;
            if (entry->hash == hash && entry->key == key && entry != &removed_) return entry;
        }
    }

    template <class Visit>
    void ForEach(Visit&& visit) const {
        Slots const& slots = *slots_.load(std::memory_order_seq_cst);
        for (std::size_t i = 0; i <= slots.mask; ++i) {
            Entry<T> const* const entry = slots.at[i].load(std::memory_order_seq_cst);
            if (entry != nullptr && entry != &removed_) visit(*entry);
        }
    }

    /// May be read at any time.
    [[nodiscard]] std::size_t Size() const noexcept {
        return size_.load(std::memory_order_relaxed);
    }

    /// Adds the entry, or puts it in the place of the one with its key.
    void Put(std::unique_ptr<Entry<T> const> entry, Epochs& epochs) {
        if (auto* const place = PlaceOf(entry->key, entry->hash)) {
            epochs.Retire(place->exchange(entry.release(), std::memory_order_seq_cst));
            return;
        }
        Reserve(epochs);
        Insert(*slots_.load(std::memory_order_relaxed), entry.release());
        size_.store(Size() + 1, std::memory_order_relaxed);
        ++used_;
    }

    void Remove(std::string_view key, std::uint64_t hash, Epochs& epochs) noexcept {
        if (auto* const place = PlaceOf(key, hash)) {
            epochs.Retire(place->exchange(&removed_, std::memory_order_seq_cst));
            size_.store(Size() - 1, std::memory_order_relaxed);
        }
    }

  private:
    struct Slots final : Retirable {
        explicit Slots(std::size_t capacity)
            : mask(capacity - 1), at(new std::atomic<Entry<T> const*>[capacity]()) {}
        std::size_t mask;
        std::unique_ptr<std::atomic<Entry<T> const*>[]> at;
    };

    /// At most half full, so that a search is short and always ends.
    [[nodiscard]] static std::size_t CapacityFor(std::size_t entries) noexcept {
        std::size_t capacity = 16;
        while (capacity < entries * 2 + 2) capacity *= 2;
        return capacity;
    }

    [[nodiscard]] std::atomic<Entry<T> const*>* PlaceOf(std::string_view key,
                                                        std::uint64_t hash) noexcept {
        Slots& slots = *slots_.load(std::memory_order_relaxed);
        for (std::size_t i = hash & slots.mask;; i = (i + 1) & slots.mask) {
            Entry<T> const* const entry = slots.at[i].load(std::memory_order_relaxed);
            if (entry == nullptr) return nullptr;
            if (entry->hash == hash && entry->key == key && entry != &removed_) return &slots.at[i];
        }
    }

    static void Insert(Slots& slots, Entry<T> const* entry) noexcept {
        std::size_t i = entry->hash & slots.mask;
        while (slots.at[i].load(std::memory_order_relaxed) != nullptr) i = (i + 1) & slots.mask;
        slots.at[i].store(entry, std::memory_order_seq_cst);
    }

    /// Makes room for one more.
    void Reserve(Epochs& epochs) {
        Slots& old = *slots_.load(std::memory_order_relaxed);
        if ((used_ + 1) * 2 <= old.mask + 1) return;
        auto grown = std::make_unique<Slots>(CapacityFor(Size() * 2));
        ForEach([&grown](Entry<T> const& entry) { Insert(*grown, &entry); });
        used_ = Size();
        slots_.store(grown.release(), std::memory_order_seq_cst);
        epochs.Retire(&old);
    }

    Entry<T> removed_{};  // stands where an entry was removed, so that searches go on
    std::atomic<Slots*> slots_;
    std::atomic<std::size_t> size_{0};  // entries; changed by writers only
    std::size_t used_ = 0;              // entries and removed ones
};

}  // namespace lddynamo::client
