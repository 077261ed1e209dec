/// @file
/// KeySet: an immutable set of strings, looked up by view without allocation.
/// Layer: model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::model {

/// A compact set: one block of characters, one of entries, and a hash index once it is worth it.
/// @par Thread safety  Immutable after the last Insert.
class KeySet {
  public:
    /// Adds a key; a second one of the same text changes nothing.
    /// @return false when the set is full: 4 GiB of characters or 2^31 keys.
    [[nodiscard]] bool Insert(std::string_view key);

    [[nodiscard]] bool Contains(std::string_view key) const noexcept {
        return Find(key) != kNotFound;
    }
    [[nodiscard]] std::size_t Size() const noexcept { return entries_.size(); }
    [[nodiscard]] bool Empty() const noexcept { return entries_.empty(); }
    /// The key at `index`, in the order of insertion.
    [[nodiscard]] std::string_view operator[](std::size_t index) const noexcept {
        Entry const& entry = entries_[index];
        return {characters_.data() + entry.offset, entry.length};
    }
    /// Gives back memory held for growth.
    void ShrinkToFit();

  private:
    struct Entry {
        std::uint32_t offset;
        std::uint32_t length;
        std::uint32_t hash;
    };
    static constexpr std::size_t kNotFound = static_cast<std::size_t>(-1);
    static constexpr std::size_t kLinear = 8;  // up to here comparing beats hashing

    [[nodiscard]] std::size_t Find(std::string_view key) const noexcept;
    void Reindex(std::size_t slots);
    void Place(std::uint32_t entry) noexcept;

    std::string characters_;
    std::vector<Entry> entries_;
    std::vector<std::uint32_t> slots_;  // a power of two; entry + 1, or 0 for free
};

}  // namespace lddynamo::model
