#include "client_fixture.hpp"

namespace lddynamo {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using OutageTest = ClientTest;

TEST_F(OutageTest, LastKnownValuesAreUsedHoweverOld) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\"", Prerequisites({"p"}) + RuleFor({"s"})));
    store_->PutFlag("p", 1, FlagJson("p", 1, "\"p\""));
    store_->PutSegment("s", 1, SegmentJson("s", 1, "x"));
    for (Mode const mode : {Mode::kOff, Mode::kTtl, Mode::kInfinite}) {
        auto const client = Make(Of(mode));
        EXPECT_EQ(Get(*client, "f"), "a");
        store_->FailAsUnavailable();
        for (int i = 0; i < 10; ++i) {
            auto const detail = client->StringVariationDetail("f", bob_, "default");
            EXPECT_EQ(detail.value, "a");
            EXPECT_EQ(detail.reason.kind, ReasonKind::kFallthrough);
            clock_.Advance(std::chrono::hours(100));
        }
        store_->Fail(std::nullopt);
        EXPECT_EQ(Get(*client, "f"), "a");
    }
}

TEST_F(OutageTest, NothingKnownGivesTheDefaultWithException) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    for (Mode const mode : {Mode::kOff, Mode::kTtl, Mode::kInfinite}) {
        auto const client = Make(Of(mode));
        store_->FailAsUnavailable();
        EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kException);
        store_->Fail(std::nullopt);
        Pass(1000);
        EXPECT_EQ(Get(*client, "f"), "a");
    }
}

TEST_F(OutageTest, AnAnswerThatCannotBeUnderstoodIsAFailureOfTheStore) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    auto const client = Make(Ttl(1000));
    Error html;
    html.code = ErrorCode::kInvalidData;
    html.message = "the answer is no JSON";
    html.http_status = 200;
    store_->Fail(html);
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kException);
    store_->Fail(std::nullopt);
    Pass(1000);
    EXPECT_EQ(Get(*client, "f"), "a");
}

TEST_F(OutageTest, AReferenceThatCannotBeReadGivesException) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\"", Prerequisites({"p"})));
    store_->PutFlag("p", 1, FlagJson("p", 1, "\"p\""));
    store_->PutFlag("g", 1, FlagJson("g", 1, "\"a\"", RuleFor({"s"})));
    store_->CloseGate();
    auto const client = Make(Ttl(1000));
    std::string value;
    std::thread caller([&] { value = Get(*client, "f"); });
    store_->AwaitReaders(1);
    store_->OpenGate();
    caller.join();
    EXPECT_EQ(value, "a");
    store_->FailAsUnavailable();
    EXPECT_EQ(ErrorOf(*client, "g"), ErrorKind::kException);
    store_->Fail(std::nullopt);
    Pass(1000);
    EXPECT_EQ(Get(*client, "g"), "a");
}

TEST_F(OutageTest, FailuresAreNotRepeatedAtOnce) {
    auto const client = Make(Ttl(1000));
    store_->FailAsUnavailable();
    for (int i = 0; i < 100; ++i) EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kException);
    EXPECT_THAT(Reads(), ElementsAre("f:f"));
    // Also for another flag: it is the store that fails.
    EXPECT_EQ(ErrorOf(*client, "g"), ErrorKind::kException);
    EXPECT_THAT(Reads(), IsEmpty());
    Pass(100);
    EXPECT_EQ(ErrorOf(*client, "g"), ErrorKind::kException);
    EXPECT_THAT(Reads(), ElementsAre("f:g"));
    // Pauses grow, but to no more than a second.
    for (int i = 0; i < 100; ++i) {
        Pass(100);
        (void)ErrorOf(*client, "g");
    }
    auto const reads = Reads().size();
    EXPECT_GE(reads, 9U);
    EXPECT_LE(reads, 24U);
}

TEST_F(OutageTest, KnownValuesAreReadAgainAfterAGrowingPause) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    auto const client = Make(Ttl(8000));
    EXPECT_EQ(Get(*client, "f"), "a");
    store_->FailAsUnavailable();
    Pass(8000);
    EXPECT_THAT(Reads(), ElementsAre("f:f"));
    for (int i = 0; i < 1000; ++i) {
        EXPECT_EQ(Get(*client, "f"), "a");
        Pass(100);
    }
    auto const reads =
        Reads().size();  // 100 s: after at most 1, 2, 4, 8, 8, 8 ... s, at least half
    EXPECT_GE(reads, 14U);
    EXPECT_LE(reads, 30U);
    store_->Fail(std::nullopt);
    store_->PutFlag("f", 2, FlagJson("f", 2, "\"b\""));
    Pass(8000);
    EXPECT_EQ(Get(*client, "f"), "b");
}

TEST_F(OutageTest, OneLineForAnOutageAndOneForItsEnd) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    auto const client = Make(Ttl(1000));
    EXPECT_EQ(Get(*client, "f"), "a");
    for (int round = 0; round < 2; ++round) {
        store_->FailAsUnavailable();
        for (int i = 0; i < 20; ++i) {
            Pass(1000);
            (void)Get(*client, "f");
            (void)Get(*client, "other");
        }
        store_->Fail(std::nullopt);
        for (int i = 0; i < 20; ++i) {
            Pass(1000);
            (void)Get(*client, "f");
        }
    }
    EXPECT_THAT(sink_->Lines(),
                ElementsAre(HasSubstr("warn the feature store failed"), HasSubstr("answers again"),
                            HasSubstr("the table is out of order"), HasSubstr("info ")));
}

TEST_F(OutageTest, WhatWasAbsentStaysAbsent) {
    auto const client = Make(Ttl(1000));
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kFlagNotFound);
    store_->FailAsUnavailable();
    Pass(1000);
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kFlagNotFound);
}

TEST_F(OutageTest, AStoreThatThrowsIsAStoreThatFails) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    for (LoadMode const load : {LoadMode::kLazy, LoadMode::kPreload}) {
        auto const client = Make(Ttl(1000), load);
        store_->Throw(true);
        EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kException);
        EXPECT_FALSE(client->AllFlags(bob_).Valid());
        EXPECT_EQ(client->Preload().error().code, ErrorCode::kInternal);
        store_->Throw(false);
        Pass(1000);
        EXPECT_EQ(Get(*client, "f"), "a");
    }
}

TEST_F(OutageTest, PreloadedValuesAreUsedHoweverOld) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    auto const client = Make(Ttl(1000), LoadMode::kPreload);
    store_->FailAsUnavailable();
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kException);
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kException);
    EXPECT_EQ(Reads().size(), 1U);
    store_->Fail(std::nullopt);
    Pass(200);
    EXPECT_EQ(Get(*client, "f"), "a");
    store_->FailAsUnavailable();
    for (int i = 0; i < 100; ++i) {
        Pass(100);
        EXPECT_EQ(Get(*client, "f"), "a");
        EXPECT_EQ(ErrorOf(*client, "none"), ErrorKind::kFlagNotFound);
    }
    auto const reads = Reads().size();
    EXPECT_GE(reads, 5U);
    EXPECT_LE(reads, 25U);
    store_->Fail(std::nullopt);
    store_->PutFlag("f", 2, FlagJson("f", 2, "\"b\""));
    Pass(1000);
    EXPECT_EQ(Get(*client, "f"), "b");
}

TEST_F(OutageTest, FailedPreloadKeepsWhatWasThere) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    auto const client = Make(Ttl(1000));
    ASSERT_EQ(client->Preload().value(), 0U);
    store_->FailAsUnavailable();
    EXPECT_EQ(client->Preload().error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(Get(*client, "f"), "a");
    Pass(5000);
    EXPECT_EQ(Get(*client, "f"), "a");
    EXPECT_EQ(ErrorOf(*client, "none"), ErrorKind::kFlagNotFound);  // as far as is known
    EXPECT_TRUE(client->AllFlags(bob_).Valid());
}

}  // namespace
}  // namespace lddynamo
