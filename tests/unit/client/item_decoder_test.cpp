#include "client/item_decoder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>

namespace lddynamo::client {
namespace {

TEST(ItemDecoderTest, GivesUpOnceAbandoned) {
    Cache const cache(10, true);
    ItemDecoder decoder(cache, Logger());
    StoreData data;
    for (int i = 0; i < 3; ++i) {
        std::string const key = "f" + std::to_string(i);
        data.features[key] = {1, false, R"({"key":")" + key + R"(","version":1})"};
    }
    std::atomic<bool> abandoned{false};
    ItemDecoder::Making const making{1, kNever, false, &abandoned};
    auto const made = decoder.MakeRoot(data, {}, making);
    ASSERT_NE(made.root, nullptr);
    EXPECT_EQ(made.root->flags.Size(), 3U);
    abandoned = true;
    EXPECT_EQ(decoder.MakeRoot(data, {}, making).root, nullptr);
}

}  // namespace
}  // namespace lddynamo::client
