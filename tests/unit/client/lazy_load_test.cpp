#include "client_fixture.hpp"

namespace lddynamo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using LazyLoadTest = ClientTest;

TEST_F(LazyLoadTest, OneReadForAPlainFlag) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    auto const client = Make();
    EXPECT_EQ(Get(*client, "f"), "a");
    ASSERT_EQ(store_->Reads().size(), 1U);
    EXPECT_EQ(store_->Reads()[0].method, "Get");
}

TEST_F(LazyLoadTest, OneReadForEachLevel) {
    store_->PutFlag("f", 1,
                    FlagJson("f", 1, "\"a\"", Prerequisites({"p", "q"}) + RuleFor({"s", "t"})));
    store_->PutFlag("p", 1, FlagJson("p", 1, "\"p\"", Prerequisites({"r"})));
    store_->PutFlag("q", 1, FlagJson("q", 1, "\"q\"", RuleFor({"u"})));
    store_->PutFlag("r", 1, FlagJson("r", 1, "\"r\""));
    store_->PutSegment("s", 1, SegmentJson("s", 1, "x"));
    store_->PutSegment("u", 1, SegmentJson("u", 1, "x"));
    store_->PutSegment("t", 1,
                       SegmentJson("t", 1, "y", R"(,"rules":[{"clauses":[{"op":"segmentMatch",
        "attribute":"","values":["v"]}]}])"));
    store_->PutSegment("v", 1, SegmentJson("v", 1, "bob"));
    for (Mode const mode : {Mode::kOff, Mode::kTtl, Mode::kInfinite}) {
        auto const client = Make(Of(mode));
        EXPECT_EQ(Get(*client, "f"), "off");  // bob is in v, so in t
        EXPECT_THAT(Reads(), ElementsAre("f:f", "f:p f:q s:s s:t", "f:r s:u s:v"));
        EXPECT_EQ(Get(*client, "f"), "off");
        if (mode != Mode::kOff) {
            EXPECT_THAT(Reads(), IsEmpty());
            EXPECT_EQ(Get(*client, "p"), "p");
            EXPECT_THAT(Reads(), IsEmpty());
        } else {
            // What it referred to the last time is asked for along with it.
            EXPECT_THAT(Reads(), ElementsAre("f:f f:p f:q f:r s:s s:t s:u s:v"));
        }
    }
}

TEST_F(LazyLoadTest, ExpiredItemsAreReadTogether) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\"", Prerequisites({"p"}) + RuleFor({"s"})));
    store_->PutFlag("p", 1, FlagJson("p", 1, "\"p\"", Prerequisites({"q"})));
    store_->PutFlag("q", 1, FlagJson("q", 1, "\"q\""));
    store_->PutSegment("s", 1, SegmentJson("s", 1, "x"));
    auto const client = Make(Ttl(1000));
    EXPECT_EQ(Get(*client, "f"), "a");
    EXPECT_EQ(Reads().size(), 3U);
    for (int i = 0; i < 10; ++i) {
        Pass(1000);
        EXPECT_EQ(Get(*client, "f"), "a");
        EXPECT_THAT(Reads(), ElementsAre("f:f f:p f:q s:s"));
    }
    store_->PutSegment("s", 2, SegmentJson("s", 2, "bob"));
    Pass(1000);
    EXPECT_EQ(Get(*client, "f"), "off");
}

TEST_F(LazyLoadTest, WhatIsNotNeededIsNotRead) {
    store_->PutFlag("off", 1,
                    R"({"key":"off","version":1,"on":false,"variations":["x"],)"
                    R"("offVariation":0,"salt":"s")" +
                        Prerequisites({"p"}) + "}");
    auto const client = Make();
    EXPECT_EQ(Get(*client, "off"), "x");
    EXPECT_THAT(Reads(), ElementsAre("f:off"));
}

TEST_F(LazyLoadTest, AbsentReferences) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\"", Prerequisites({"none"})));
    store_->PutFlag("g", 1, FlagJson("g", 1, "\"a\"", RuleFor({"none"})));
    for (Mode const mode : {Mode::kOff, Mode::kTtl, Mode::kInfinite}) {
        auto const client = Make(Of(mode));
        auto const detail = client->StringVariationDetail("f", bob_, "default");
        EXPECT_EQ(detail.value, "off");
        EXPECT_EQ(detail.reason.kind, ReasonKind::kPrerequisiteFailed);
        EXPECT_EQ(detail.reason.prerequisite_key, "none");
        EXPECT_THAT(Reads(), ElementsAre("f:f", "f:none"));
        EXPECT_EQ(Get(*client, "g"), "a");
        EXPECT_THAT(Reads(), ElementsAre("f:g", "s:none"));  // a flag and a segment may share a key
    }
}

TEST_F(LazyLoadTest, MalformedReferencesCountAsAbsent) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\"", Prerequisites({"bad"})));
    store_->PutFlag("bad", 1, "[]");
    store_->PutFlag("g", 1, FlagJson("g", 1, "\"a\"", RuleFor({"bad"})));
    store_->PutSegment("bad", 1, "nonsense");
    auto const client = Make();
    EXPECT_EQ(client->StringVariationDetail("f", bob_, "d").reason.kind,
              ReasonKind::kPrerequisiteFailed);
    EXPECT_EQ(Get(*client, "g"), "a");
    EXPECT_EQ(Get(*client, "g"), "a");
    EXPECT_EQ(sink_->Lines().size(), 2U);
}

TEST_F(LazyLoadTest, CyclesEnd) {
    store_->PutFlag("a", 1, FlagJson("a", 1, "\"a\"", Prerequisites({"b"})));
    store_->PutFlag("b", 1, FlagJson("b", 1, "\"b\"", Prerequisites({"a"})));
    store_->PutFlag("self", 1, FlagJson("self", 1, "\"b\"", Prerequisites({"self"})));
    for (Mode const mode : {Mode::kOff, Mode::kTtl}) {
        auto const client = Make(Of(mode));
        EXPECT_EQ(ErrorOf(*client, "a"), ErrorKind::kMalformedFlag);
        EXPECT_THAT(Reads(), ElementsAre("f:a", "f:b"));
        EXPECT_EQ(ErrorOf(*client, "self"), ErrorKind::kMalformedFlag);
        EXPECT_THAT(Reads(), ElementsAre("f:self"));
    }
}

TEST_F(LazyLoadTest, DeepChainsReadEverythingAtLast) {
    constexpr int kDepth = 60;
    for (int i = 0; i < kDepth; ++i) {
        std::string const key = "f" + std::to_string(i);
        store_->PutFlag(
            key, 1,
            FlagJson(key, 1, "\"a\"",
                     i + 1 < kDepth ? Prerequisites({"f" + std::to_string(i + 1)}) : ""));
    }
    for (Mode const mode : {Mode::kOff, Mode::kTtl, Mode::kInfinite}) {
        auto const client = Make(Of(mode));
        EXPECT_EQ(Get(*client, "f0"), "a");
        auto const reads = Reads();
        EXPECT_LE(reads.size(), 20U);
        EXPECT_EQ(reads.back(), "all");
        EXPECT_EQ(Get(*client, "f0"), "a");
    }
}

TEST_F(LazyLoadTest, AReferenceThatIsAddedLaterIsRead) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    auto const client = Make(Ttl(1000));
    EXPECT_EQ(Get(*client, "f"), "a");
    store_->PutFlag("f", 2, FlagJson("f", 2, "\"a\"", RuleFor({"s"})));
    store_->PutSegment("s", 1, SegmentJson("s", 1, "bob"));
    Pass(1000);
    EXPECT_EQ(Get(*client, "f"), "off");
    EXPECT_THAT(Reads(), ElementsAre("f:f", "f:f", "s:s"));
}

TEST_F(LazyLoadTest, ManyFlagsOneAfterTheOther) {
    auto const client = Make(Of(Mode::kInfinite));
    constexpr int kFlags = 3000;
    for (int i = 0; i < kFlags; ++i) {
        std::string const key = "f" + std::to_string(i);
        store_->PutFlag(key, 1, FlagJson(key, 1, "\"" + key + "\""));
        ASSERT_EQ(Get(*client, key), key);
    }
    store_->ForgetReads();
    for (int i = 0; i < kFlags; ++i) {
        ASSERT_EQ(Get(*client, "f" + std::to_string(i)), "f" + std::to_string(i));
    }
    EXPECT_THAT(Reads(), IsEmpty());
}

}  // namespace
}  // namespace lddynamo
