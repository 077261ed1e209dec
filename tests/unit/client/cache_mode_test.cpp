#include "client_fixture.hpp"

namespace lddynamo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using CacheModeTest = ClientTest;

TEST_F(CacheModeTest, OffReadsEachTime) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    auto const client = Make(Of(Mode::kOff));
    EXPECT_EQ(Get(*client, "f"), "a");
    store_->PutFlag("f", 2, FlagJson("f", 2, "\"b\""));
    EXPECT_EQ(Get(*client, "f"), "b");
    store_->Remove(DataKind::kFeatures, "f");
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kFlagNotFound);
    EXPECT_EQ(store_->ReadCount(), 3U);
}

TEST_F(CacheModeTest, OffTakesAnOlderVersionToo) {
    auto const client = Make(Of(Mode::kOff));
    store_->PutFlag("f", 5, FlagJson("f", 5, "\"new\""));
    EXPECT_EQ(Get(*client, "f"), "new");
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"old\""));
    EXPECT_EQ(Get(*client, "f"), "old");
    // The same version with another text is another flag.
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"mod\""));
    EXPECT_EQ(Get(*client, "f"), "mod");
}

TEST_F(CacheModeTest, TtlKeepsAndReadsAgain) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    auto const client = Make(Ttl(1000));
    EXPECT_EQ(Get(*client, "f"), "a");
    store_->PutFlag("f", 2, FlagJson("f", 2, "\"b\""));
    Pass(899);  // the spread takes a tenth at most
    EXPECT_EQ(Get(*client, "f"), "a");
    EXPECT_EQ(store_->ReadCount(), 1U);
    Pass(101);
    EXPECT_EQ(Get(*client, "f"), "b");
    EXPECT_EQ(store_->ReadCount(), 2U);
    EXPECT_EQ(Get(*client, "f"), "b");
    EXPECT_EQ(store_->ReadCount(), 2U);
}

TEST_F(CacheModeTest, TtlStartsAgainForWhatIsUnchanged) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    auto const client = Make(Ttl(1000));
    for (int round = 1; round <= 5; ++round) {
        EXPECT_EQ(Get(*client, "f"), "a");
        EXPECT_EQ(Get(*client, "f"), "a");
        EXPECT_EQ(store_->ReadCount(), static_cast<std::size_t>(round));
        Pass(1000);
    }
}

TEST_F(CacheModeTest, TtlSpreadDiffersFromReadToRead) {
    auto const client = Make(Ttl(1000));
    for (int i = 0; i < 50; ++i) {
        std::string const key = "f" + std::to_string(i);
        store_->PutFlag(key, 1, FlagJson(key, 1, "\"a\""));
        (void)Get(*client, key);
    }
    store_->ForgetReads();
    Pass(950);
    for (int i = 0; i < 50; ++i) (void)Get(*client, "f" + std::to_string(i));
    EXPECT_GT(store_->ReadCount(), 5U);
    EXPECT_LT(store_->ReadCount(), 45U);
}

TEST_F(CacheModeTest, TtlShorterThanAReadStillAnswers) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\"", Prerequisites({"p"})));
    store_->PutFlag("p", 1, FlagJson("p", 1, "\"p\""));
    auto const client = Make(Ttl(1));
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(Get(*client, "f"), "a");
        Pass(1000);
    }
}

TEST_F(CacheModeTest, InfiniteReadsOnce) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    auto const client = Make(Of(Mode::kInfinite));
    EXPECT_EQ(Get(*client, "f"), "a");
    EXPECT_EQ(ErrorOf(*client, "none"), ErrorKind::kFlagNotFound);
    store_->PutFlag("f", 2, FlagJson("f", 2, "\"b\""));
    store_->PutFlag("none", 2, FlagJson("none", 2, "\"b\""));
    clock_.Advance(std::chrono::hours(100000));
    EXPECT_EQ(Get(*client, "f"), "a");
    EXPECT_EQ(ErrorOf(*client, "none"), ErrorKind::kFlagNotFound);
    EXPECT_EQ(store_->ReadCount(), 2U);
}

TEST_F(CacheModeTest, AbsentKeysAreRememberedForTheTtl) {
    auto const client = Make(Ttl(1000));
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kFlagNotFound);
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kFlagNotFound);
    EXPECT_EQ(store_->ReadCount(), 1U);
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kFlagNotFound);
    Pass(1000);
    EXPECT_EQ(Get(*client, "f"), "a");
}

TEST_F(CacheModeTest, AbsentKeysOverTheLimitAreLookedUpEachTime) {
    CacheOptions cache = Ttl(1000);
    cache.max_absent_keys = 2;
    auto const client = Make(cache);
    for (auto const* key : {"a", "b", "c", "a", "b", "c"}) {
        EXPECT_EQ(ErrorOf(*client, key), ErrorKind::kFlagNotFound);
    }
    EXPECT_THAT(Reads(), ElementsAre("f:a", "f:b", "f:c", "f:c"));
    // Expired ones make room.
    Pass(2000);
    for (auto const* key : {"d", "e", "d", "e"}) {
        EXPECT_EQ(ErrorOf(*client, key), ErrorKind::kFlagNotFound);
    }
    EXPECT_THAT(Reads(), ElementsAre("f:d", "f:e"));
}

TEST_F(CacheModeTest, NoAbsentKeysAreRememberedWhenNoneMayBe) {
    CacheOptions cache = Ttl(1000);
    cache.max_absent_keys = 0;
    auto const client = Make(cache);
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kFlagNotFound);
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    EXPECT_EQ(Get(*client, "f"), "a");
    // A flag that goes is forgotten, and not used again.
    store_->Remove(DataKind::kFeatures, "f");
    Pass(1000);
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kFlagNotFound);
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kFlagNotFound);
    EXPECT_EQ(store_->ReadCount(), 4U);
}

TEST_F(CacheModeTest, DeletedIsAbsent) {
    auto const client = Make(Ttl(1000));
    store_->Put(DataKind::kFeatures, "t", 3, R"({"key":"t","version":3,"deleted":true})", true);
    // The text alone says it, as some writers leave it.
    store_->PutFlag("u", 3, R"({"key":"u","version":3,"deleted":true})");
    EXPECT_EQ(ErrorOf(*client, "t"), ErrorKind::kFlagNotFound);
    EXPECT_EQ(ErrorOf(*client, "u"), ErrorKind::kFlagNotFound);
    EXPECT_EQ(ErrorOf(*client, "t"), ErrorKind::kFlagNotFound);
    EXPECT_EQ(store_->ReadCount(), 2U);
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    EXPECT_EQ(Get(*client, "f"), "a");
    store_->Put(DataKind::kFeatures, "f", 2, R"({"key":"f","version":2,"deleted":true})", true);
    Pass(1000);
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kFlagNotFound);
}

TEST_F(CacheModeTest, KeysThatNoStoreHoldsAreNotAskedFor) {
    for (Mode const mode : {Mode::kOff, Mode::kTtl, Mode::kInfinite}) {
        auto const client = Make(Of(mode));
        EXPECT_EQ(ErrorOf(*client, ""), ErrorKind::kFlagNotFound);
        EXPECT_EQ(ErrorOf(*client, std::string(1025, 'x')), ErrorKind::kFlagNotFound);
        EXPECT_THAT(Reads(), IsEmpty());
        EXPECT_EQ(ErrorOf(*client, std::string(1024, 'x')), ErrorKind::kFlagNotFound);
        EXPECT_EQ(Reads().size(), 1U);
        EXPECT_EQ(ErrorOf(*client, std::string("a\0b", 3)), ErrorKind::kFlagNotFound);
        EXPECT_EQ(Reads().size(), 1U);
    }
}

TEST_F(CacheModeTest, MalformedItems) {
    for (Mode const mode : {Mode::kOff, Mode::kTtl, Mode::kInfinite}) {
        auto const client = Make(Of(mode));
        store_->PutFlag("text", 1, "{not json");
        store_->PutFlag("type", 1, R"({"key":"type","version":1,"rules":5})");
        store_->PutMalformedRow(DataKind::kFeatures, "row");
        for (auto const* key : {"text", "type", "row"}) {
            EXPECT_EQ(ErrorOf(*client, key), ErrorKind::kMalformedFlag) << key;
            EXPECT_EQ(ErrorOf(*client, key), ErrorKind::kMalformedFlag) << key;
        }
        EXPECT_EQ(store_->ReadCount(), mode == Mode::kOff ? 6U : 3U);
        store_->ForgetReads();
        store_->ClearMalformedRows();
    }
}

TEST_F(CacheModeTest, MalformedIsLoggedOnceAndTheOlderFlagStays) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    auto const client = Make(Ttl(1000));
    EXPECT_EQ(Get(*client, "f"), "a");
    store_->PutFlag("f", 2, "{");
    for (int i = 0; i < 3; ++i) {
        Pass(1000);
        EXPECT_EQ(Get(*client, "f"), "a");
    }
    ASSERT_EQ(sink_->Lines().size(), 1U);
    EXPECT_THAT(sink_->Lines()[0], ::testing::HasSubstr("flag \"f\" cannot be understood"));
    store_->PutFlag("f", 3, FlagJson("f", 3, "\"c\""));
    Pass(1000);
    EXPECT_EQ(Get(*client, "f"), "c");
}

}  // namespace
}  // namespace lddynamo
