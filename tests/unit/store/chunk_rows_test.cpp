#include "store/chunk_rows.hpp"

#include "store/chunk_codec.hpp"
#include "support/fake_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo::store {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t kLimit = 1000;

Item GoodRow() {
    test_support::FakeClock clock;
    return MakeHeadRow(ChunkNames("p").HeadKey(DataKind::kFeatures, "f"),
                       {.version = 7,
                        .covers = 9,
                        .generation = MakeGeneration(clock),
                        .chunks = 1,
                        .size = 10,
                        .digest = TextDigest("0123456789")},
                       "data");
}

TEST(ChunkRowsTest, NamesArePrivateAndOfThePrefix) {
    ChunkNames const names("p");
    EXPECT_EQ(names.Heads(DataKind::kFeatures), "p:$lddynamo_features");
    EXPECT_EQ(names.Heads(DataKind::kSegments), "p:$lddynamo_segments");
    EXPECT_EQ(names.Chunks(), "p:$lddynamo_chunks");
    EXPECT_EQ(ChunkNames("").Chunks(), "$lddynamo_chunks");
    EXPECT_EQ(names.All(),
              (std::vector<std::string>{names.Heads(DataKind::kFeatures),
                                        names.Heads(DataKind::kSegments), names.Chunks()}));
}

TEST(ChunkRowsTest, GenerationsDifferAndKnowTheirTime) {
    test_support::FakeClock clock;
    auto const one = MakeGeneration(clock);
    auto const two = MakeGeneration(clock);
    EXPECT_NE(one, two);
    EXPECT_EQ(GenerationTime(one).value(), clock.Now());
    EXPECT_EQ(GenerationOfChunk(one + "/12"), one);
    for (std::string const& bad : {std::string(), one.substr(1), one + "0", "x" + one.substr(1),
                                   one.substr(0, 16) + "+" + one.substr(17)}) {
        EXPECT_FALSE(GenerationTime(bad).has_value()) << bad;
        EXPECT_THAT(GenerationOfChunk(bad + "/1"), IsEmpty()) << bad;
    }
    EXPECT_THAT(GenerationOfChunk(one), IsEmpty());
    EXPECT_TRUE(GenerationTime("ffffffffffffffff-ffffffffffffffff").has_value()) << "no overflow";
}

TEST(ChunkRowsTest, AHeadSaysWhatWasWritten) {
    auto const head = ReadHead(GoodRow(), kLimit);
    EXPECT_THAT(head.problem, IsEmpty());
    EXPECT_EQ(head.version, 7);
    EXPECT_EQ(head.covers, 9);
    EXPECT_EQ(head.chunks, 1U);
    EXPECT_EQ(head.size, 10U);
    EXPECT_TRUE(Hides(head, std::nullopt));
    EXPECT_TRUE(Hides(head, 9));
    EXPECT_FALSE(Hides(head, 10));
}

TEST(ChunkRowsTest, ARetiredHeadHidesNothing) {
    test_support::FakeClock clock;
    auto const row = MakeRetiredRow(ChunkNames("").HeadKey(DataKind::kSegments, "s"),
                                    Head{.version = 2, .covers = 7}, 3, MakeGeneration(clock));
    auto const head = ReadHead(row, kLimit);
    EXPECT_THAT(head.problem, IsEmpty());
    EXPECT_TRUE(head.retired);
    EXPECT_EQ(head.version, 3);
    EXPECT_FALSE(Hides(head, std::nullopt));
}

TEST(ChunkRowsTest, WhatIsWrongWithAHeadIsSaid) {
    auto const N = [](std::string text) { return AttributeValue::N(std::move(text)); };
    struct Case {
        std::string name;
        AttributeValue value;
        std::string said;
    };
    for (auto const& [name, value, said] :
         std::vector<Case>{{"version", AttributeValue::S("7"), "version"},
                           {"version", N("-1"), "version"},
                           {"version", N("1e99"), "version"},
                           {"generation", AttributeValue::S("g"), "generation"},
                           {"generation", N("1"), "generation"},
                           {"size", N("-5"), "size"},
                           {"size", N("99999999999999999999999999"), "size"},
                           {"size", N("1001"), "limit of 1000"},
                           {"size", N("9007199254740992"), "limit of 1000"},
                           {"chunks", N("0"), "chunks"},
                           {"chunks", N("2"), "chunks"},
                           {"chunks", N("1000000000000"), "chunks"},
                           {"chunks", AttributeValue(), "chunks"},
                           {"sha256", AttributeValue::S("abc"), "sha256"},
                           {"sha256", AttributeValue::S(std::string(64, 'Z')), "sha256"}}) {
        auto row = GoodRow();
        row.at(name) = value;
        EXPECT_THAT(ReadHead(row, kLimit).problem, HasSubstr(said)) << name;
        row.erase(name);
        EXPECT_THAT(ReadHead(row, kLimit).problem, HasSubstr(name)) << name;
    }
    EXPECT_FALSE(ReadHead({}, kLimit).problem.empty());
}

}  // namespace
}  // namespace lddynamo::store
