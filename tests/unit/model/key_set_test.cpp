#include "model/key_set.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lddynamo::model {
namespace {

TEST(KeySetTest, EmptySetHasNothing) {
    KeySet const set;
    EXPECT_TRUE(set.Empty());
    EXPECT_FALSE(set.Contains(""));
    EXPECT_FALSE(set.Contains("a"));
}

TEST(KeySetTest, KeepsOrderAndDropsDuplicates) {
    KeySet set;
    for (char const* key : {"b", "a", "", "b", "a", "ü"}) EXPECT_TRUE(set.Insert(key));
    set.ShrinkToFit();
    ASSERT_EQ(set.Size(), 4U);
    EXPECT_EQ(set[0], "b");
    EXPECT_EQ(set[1], "a");
    EXPECT_EQ(set[2], "");
    EXPECT_EQ(set[3], "ü");
    EXPECT_TRUE(set.Contains(""));
    EXPECT_TRUE(set.Contains("ü"));
    EXPECT_FALSE(set.Contains("u"));
}

TEST(KeySetTest, KeysMayHoldAnyBytes) {
    KeySet set;
    std::string const zero("a\0b", 3);
    EXPECT_TRUE(set.Insert(zero));
    EXPECT_TRUE(set.Contains(zero));
    EXPECT_FALSE(set.Contains("a"));
    EXPECT_FALSE(set.Contains(std::string("a\0c", 3)));
}

TEST(KeySetTest, FindsAllAtEverySize) {
    KeySet set;
    for (int size = 1; size <= 3000; ++size) {
        EXPECT_TRUE(set.Insert("key-" + std::to_string(size)));
        ASSERT_EQ(set.Size(), static_cast<std::size_t>(size));
        // All of them while the set is small, then a sample.
        for (int i = 1; i <= size; i += size < 100 ? 1 : 97) {
            ASSERT_TRUE(set.Contains("key-" + std::to_string(i))) << size << ' ' << i;
        }
        ASSERT_FALSE(set.Contains("key-" + std::to_string(size + 1)));
    }
    for (int i = 1; i <= 3000; ++i) {
        ASSERT_TRUE(set.Insert("key-" + std::to_string(i)));
        ASSERT_EQ(set[static_cast<std::size_t>(i - 1)], "key-" + std::to_string(i));
    }
    EXPECT_EQ(set.Size(), 3000U);
}

}  // namespace
}  // namespace lddynamo::model
