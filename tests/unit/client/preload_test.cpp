#include "client_fixture.hpp"

namespace lddynamo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using PreloadTest = ClientTest;

TEST_F(PreloadTest, OneReadForEverything) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\"", Prerequisites({"p"}) + RuleFor({"s"})));
    store_->PutFlag("p", 1, FlagJson("p", 1, "\"p\""));
    store_->PutSegment("s", 1, SegmentJson("s", 1, "bob"));
    auto const client = Make(Ttl(1000), LoadMode::kPreload);
    EXPECT_EQ(Get(*client, "f"), "off");
    EXPECT_EQ(Get(*client, "p"), "p");
    EXPECT_EQ(ErrorOf(*client, "none"), ErrorKind::kFlagNotFound);
    EXPECT_THAT(Reads(), ElementsAre("all"));
    store_->PutSegment("s", 2, SegmentJson("s", 2, "x"));
    store_->PutFlag("none", 1, FlagJson("none", 1, "\"n\""));
    Pass(1000);
    EXPECT_EQ(Get(*client, "f"), "a");
    EXPECT_EQ(Get(*client, "none"), "n");
    EXPECT_THAT(Reads(), ElementsAre("all"));
}

TEST_F(PreloadTest, InfiniteLoadsOnce) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    auto const client = Make(Of(Mode::kInfinite), LoadMode::kPreload);
    EXPECT_EQ(Get(*client, "f"), "a");
    store_->PutFlag("f", 2, FlagJson("f", 2, "\"b\""));
    clock_.Advance(std::chrono::hours(10000));
    EXPECT_EQ(Get(*client, "f"), "a");
    EXPECT_EQ(store_->ReadCount(), 1U);
    EXPECT_EQ(client->Preload().value(), 0U);  // asked for
    EXPECT_EQ(Get(*client, "f"), "b");
}

TEST_F(PreloadTest, WithoutCacheItIsLazy) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    auto const client = Make(Of(Mode::kOff), LoadMode::kPreload);
    EXPECT_EQ(Get(*client, "f"), "a");
    EXPECT_THAT(Reads(), ElementsAre("f:f"));
}

TEST_F(PreloadTest, ServesLazyClientsForTheTtl) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\"", RuleFor({"s"})));
    store_->PutSegment("s", 1, SegmentJson("s", 1, "x"));
    auto const client = Make(Ttl(1000));
    EXPECT_EQ(client->Preload().value(), 0U);
    EXPECT_THAT(Reads(), ElementsAre("all"));
    EXPECT_EQ(Get(*client, "f"), "a");
    EXPECT_EQ(ErrorOf(*client, "none"), ErrorKind::kFlagNotFound);
    EXPECT_THAT(Reads(), IsEmpty());
    store_->PutFlag("none", 1, FlagJson("none", 1, "\"n\""));
    Pass(1000);
    EXPECT_EQ(Get(*client, "f"), "a");
    EXPECT_EQ(Get(*client, "none"), "n");
    EXPECT_THAT(Reads(), ElementsAre("f:f s:s", "f:none"));
}

TEST_F(PreloadTest, CountsWhatItCannotUnderstand) {
    store_->PutFlag("good", 1, FlagJson("good", 1, "\"a\""));
    store_->PutFlag("bad", 1, "{");
    store_->PutSegment("bad", 1, "[1]");
    store_->PutMalformedRow(DataKind::kFeatures, "row");
    store_->Put(DataKind::kFeatures, "gone", 1, "", true);
    auto const client = Make(Ttl(1000), LoadMode::kPreload);
    EXPECT_EQ(client->Preload().value(), 3U);
    EXPECT_EQ(client->Preload().value(), 3U);
    EXPECT_EQ(sink_->Lines().size(), 3U);  // once each
    EXPECT_EQ(Get(*client, "good"), "a");
    EXPECT_EQ(ErrorOf(*client, "bad"), ErrorKind::kMalformedFlag);
    EXPECT_EQ(ErrorOf(*client, "row"), ErrorKind::kMalformedFlag);
    EXPECT_EQ(ErrorOf(*client, "gone"), ErrorKind::kFlagNotFound);
    // What was understood before stays in use.
    store_->PutMalformedRow(DataKind::kFeatures, "good");
    EXPECT_EQ(client->Preload().value(), 4U);
    EXPECT_EQ(Get(*client, "good"), "a");
    store_->ClearMalformedRows();
    store_->Remove(DataKind::kFeatures, "good");
    EXPECT_EQ(client->Preload().value(), 2U);
    EXPECT_EQ(ErrorOf(*client, "good"), ErrorKind::kFlagNotFound);
}

TEST_F(PreloadTest, ReplacesWhatWasReadLazily) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    store_->PutFlag("g", 1, FlagJson("g", 1, "\"a\""));
    auto const client = Make(Of(Mode::kInfinite));
    EXPECT_EQ(Get(*client, "f"), "a");
    store_->PutFlag("f", 2, FlagJson("f", 2, "\"b\""));
    store_->PutFlag("g", 2, FlagJson("g", 2, "\"b\""));
    // All flags are needed, but what was read once is not read again.
    auto const state = client->AllFlags(bob_);
    EXPECT_EQ(state.ValueOf("f"), Value("a"));
    EXPECT_EQ(state.ValueOf("g"), Value("b"));
    EXPECT_EQ(Get(*client, "f"), "a");
    ASSERT_TRUE(client->Preload().has_value());
    EXPECT_EQ(Get(*client, "f"), "b");
}

}  // namespace
}  // namespace lddynamo
