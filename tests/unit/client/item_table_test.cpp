#include "client/item_table.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace lddynamo::client {
namespace {

struct Thing {
    int number = 0;
};

std::unique_ptr<Entry<Thing> const> Make(std::string const& key, std::uint64_t hash, int number) {
    auto entry = std::make_unique<Entry<Thing>>();
    entry->key = key;
    entry->hash = hash;
    entry->decoded.object = std::make_shared<Thing const>(Thing{number});
    return entry;
}

int NumberOf(ItemTable<Thing> const& table, std::string const& key, std::uint64_t hash) {
    Entry<Thing> const* const entry = table.Find(key, hash);
    return entry == nullptr ? -1 : entry->decoded.object->number;
}

TEST(ItemTableTest, FindsReplacesAndRemoves) {
    Epochs epochs;
    ItemTable<Thing> table;
    EXPECT_EQ(table.Find("a", 1), nullptr);
    table.Put(Make("a", 1, 10), epochs);
    table.Put(Make("b", 1, 20), epochs);  // the same hash
    table.Put(Make("a", 1, 11), epochs);
    EXPECT_EQ(table.Size(), 2U);
    EXPECT_EQ(NumberOf(table, "a", 1), 11);
    EXPECT_EQ(NumberOf(table, "b", 1), 20);
    table.Remove("a", 1, epochs);
    table.Remove("a", 1, epochs);
    table.Remove("never", 5, epochs);
    EXPECT_EQ(table.Size(), 1U);
    EXPECT_EQ(NumberOf(table, "a", 1), -1);
    EXPECT_EQ(NumberOf(table, "b", 1), 20);  // found behind the removed one
    table.Put(Make("a", 1, 12), epochs);
    EXPECT_EQ(NumberOf(table, "a", 1), 12);
    EXPECT_EQ(table.Find("", 0), nullptr);
}

TEST(ItemTableTest, GrowsAndKeepsAll) {
    Epochs epochs;
    ItemTable<Thing> table;
    for (int i = 0; i < 5000; ++i) {
        std::string const key = "key" + std::to_string(i);
        table.Put(Make(key, HashKey(key, 42), i), epochs);
        if (i % 3 == 0) table.Remove(key, HashKey(key, 42), epochs);
        (void)epochs.Collect();
    }
    std::set<int> seen;
    table.ForEach([&](Entry<Thing> const& entry) { seen.insert(entry.decoded.object->number); });
    EXPECT_EQ(seen.size(), table.Size());
    for (int i = 0; i < 5000; ++i) {
        std::string const key = "key" + std::to_string(i);
        EXPECT_EQ(NumberOf(table, key, HashKey(key, 42)), i % 3 == 0 ? -1 : i);
    }
}

TEST(ItemTableTest, ComingAndGoingKeysDoNotFillIt) {
    Epochs epochs;
    ItemTable<Thing> table;
    for (int i = 0; i < 100000; ++i) {
        auto const hash = static_cast<std::uint64_t>(i) * 0x9E3779B97F4A7C15U;
        table.Put(Make("k", hash, i), epochs);
        table.Remove("k", hash, epochs);
        (void)epochs.Collect();
    }
    EXPECT_EQ(table.Size(), 0U);
    EXPECT_EQ(table.Find("k", 3), nullptr);
}

TEST(ItemTableTest, HashDependsOnEveryByteAndOnTheSeed) {
    std::set<std::uint64_t> hashes;
    std::string key(40, 'a');
    hashes.insert(HashKey(key, 1));
    for (char& c : key) {
        c = 'b';
        hashes.insert(HashKey(key, 1));
        c = 'a';
    }
    for (std::size_t size = 0; size < 40; ++size) {
        hashes.insert(HashKey(std::string(size, 'a'), 1));
        hashes.insert(HashKey(std::string(size, '\0'), 1));
    }
    hashes.insert(HashKey(key, 2));
    EXPECT_EQ(hashes.size(), 1U + 40U + 80U - 1U + 1U);  // "" is there twice
}

}  // namespace
}  // namespace lddynamo::client
