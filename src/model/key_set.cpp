#include "model/key_set.hpp"

#include <functional>
#include <limits>

namespace lddynamo::model {
namespace {

std::uint32_t HashOf(std::string_view key) noexcept {
    std::uint64_t const hash = std::hash<std::string_view>{}(key);
    return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

}  // namespace

bool KeySet::Insert(std::string_view key) {
    if (Find(key) != kNotFound) return true;
    constexpr std::size_t kMaxCharacters = std::numeric_limits<std::uint32_t>::max();
    constexpr std::size_t kMaxEntries = std::size_t{1} << 31;
    if (key.size() > kMaxCharacters - characters_.size()) return false;
    if (entries_.size() >= kMaxEntries) return false;

    entries_.push_back({static_cast<std::uint32_t>(characters_.size()),
                        static_cast<std::uint32_t>(key.size()), HashOf(key)});
    characters_.append(key);
    if (entries_.size() <= kLinear) return true;
    if (slots_.size() < entries_.size() * 2) {
        Reindex(slots_.empty() ? kLinear * 4 : slots_.size() * 2);
    } else {
        Place(static_cast<std::uint32_t>(entries_.size() - 1));
    }
    return true;
}

void KeySet::ShrinkToFit() {
    characters_.shrink_to_fit();
    entries_.shrink_to_fit();
}

std::size_t KeySet::Find(std::string_view key) const noexcept {
    if (slots_.empty()) {
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            if (entries_[i].length != key.size()) continue;
            // Most keys differ in a character that costs no call to compare.
            if (!key.empty() && characters_[entries_[i].offset] != key[0]) continue;
            if ((*this)[i] == key) return i;
        }
        return kNotFound;
    }
    std::uint32_t const hash = HashOf(key);
    std::size_t const mask = slots_.size() - 1;
    for (std::size_t slot = hash & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
        std::size_t const index = slots_[slot] - 1;
        if (entries_[index].hash == hash && (*this)[index] == key) return index;
    }
    return kNotFound;
}

void KeySet::Reindex(std::size_t slots) {
    slots_.assign(slots, 0);
    for (std::size_t i = 0; i < entries_.size(); ++i) Place(static_cast<std::uint32_t>(i));
}

void KeySet::Place(std::uint32_t entry) noexcept {
    std::size_t const mask = slots_.size() - 1;
    std::size_t slot = entries_[entry].hash & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = entry + 1;
}

}  // namespace lddynamo::model
