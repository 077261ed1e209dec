#include "client_fixture.hpp"

namespace lddynamo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using AllFlagsTest = ClientTest;

TEST_F(AllFlagsTest, EvaluatesEveryFlagInOrder) {
    store_->PutFlag("b", 2, FlagJson("b", 2, "\"b\""));
    store_->PutFlag("a", 1, FlagJson("a", 1, "5"));
    store_->Put(DataKind::kFeatures, "gone", 4, R"({"key":"gone","deleted":true})", true);
    store_->PutFlag("bad", 1, "{");
    auto const client = Make();
    auto const state = client->AllFlags(bob_);
    EXPECT_TRUE(state.Valid());
    EXPECT_EQ(state.ToJson(),
              R"({"$valid":true,"a":5,"b":"b","$flagsState":)"
              R"({"a":{"variation":0,"version":1},"b":{"variation":0,"version":2}}})");
    EXPECT_THAT(Reads(), ElementsAre("all"));
}

TEST_F(AllFlagsTest, EmptyStoreIsValid) {
    auto const client = Make();
    EXPECT_EQ(client->AllFlags(bob_).ToJson(), R"({"$valid":true,"$flagsState":{}})");
}

TEST_F(AllFlagsTest, FollowsTheCacheMode) {
    struct Case {
        Mode mode;
        LoadMode load;
        std::size_t reads_at_once;
        std::size_t reads_later;
    };
    Case const cases[] = {
        {Mode::kOff, LoadMode::kLazy, 3, 4},      {Mode::kOff, LoadMode::kPreload, 3, 4},
        {Mode::kTtl, LoadMode::kLazy, 1, 2},      {Mode::kTtl, LoadMode::kPreload, 1, 2},
        {Mode::kInfinite, LoadMode::kLazy, 1, 1}, {Mode::kInfinite, LoadMode::kPreload, 1, 1},
    };
    store_->PutFlag("f", 1, FlagJson("f", 1, "1"));
    for (Case const& c : cases) {
        auto const client = Make(Of(c.mode), c.load);
        for (int i = 0; i < 3; ++i) EXPECT_EQ(client->AllFlags(bob_).Flags().size(), 1U);
        EXPECT_EQ(store_->ReadCount(), c.reads_at_once);
        if (c.mode != Mode::kOff) {
            EXPECT_EQ(client->IntVariation("f", bob_, 0), 1);
            EXPECT_EQ(store_->ReadCount(), c.reads_at_once);
        }
        Pass(15000);
        EXPECT_EQ(client->AllFlags(bob_).Flags().size(), 1U);
        EXPECT_EQ(store_->ReadCount(), c.reads_later);
        store_->ForgetReads();
    }
}

TEST_F(AllFlagsTest, NotValidWithoutData) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "1"));
    for (Mode const mode : {Mode::kOff, Mode::kTtl, Mode::kInfinite}) {
        auto const client = Make(Of(mode));
        store_->FailAsUnavailable();
        EXPECT_FALSE(client->AllFlags(bob_).Valid());
        EXPECT_TRUE(client->AllFlags(bob_).Flags().empty());
        store_->Fail(std::nullopt);
        Pass(1000);
        EXPECT_TRUE(client->AllFlags(bob_).Valid());
        store_->FailAsUnavailable();
        Pass(100000);
        EXPECT_EQ(client->AllFlags(bob_).ValueOf("f"), Value(1));  // the last known one
        store_->Fail(std::nullopt);
    }
}

TEST_F(AllFlagsTest, WithoutTheStoreWhatWasReadAsAWholeIsUsed) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "1"));
    store_->PutFlag("g", 1, FlagJson("g", 1, "1", Prerequisites({"f"})));
    auto const client = Make(Ttl(1000));
    ASSERT_TRUE(client->AllFlags(bob_).Valid());
    store_->FailAsUnavailable();
    Pass(2000);
    auto const state = client->AllFlags(bob_);
    EXPECT_TRUE(state.Valid());
    EXPECT_EQ(state.ToValuesMap().ToJson(), R"({"f":1,"g":1})");
}

TEST_F(AllFlagsTest, SomeFlagsAreNotGivenForAllOfThem) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "1"));
    store_->PutFlag("g", 1, FlagJson("g", 1, "1"));
    for (auto const& cache : {Ttl(1000), Of(Mode::kInfinite), Of(Mode::kOff)}) {
        store_->Fail(std::nullopt);
        auto const client = Make(cache);
        ASSERT_EQ(client->IntVariation("g", bob_, 0), 1);
        store_->FailAsUnavailable();
        auto const state = client->AllFlags(bob_);
        EXPECT_FALSE(state.Valid());
        EXPECT_EQ(state.ToValuesMap().ToJson(), "{}");
        EXPECT_EQ(client->IntVariation("g", bob_, 0), 1);
        store_->Fail(std::nullopt);
        Pass(2000);
        EXPECT_EQ(client->AllFlags(bob_).ToValuesMap().ToJson(), R"({"f":1,"g":1})");
    }
}

TEST_F(AllFlagsTest, ClientSideOnly) {
    store_->PutFlag("server", 1, FlagJson("server", 1, "1"));
    store_->PutFlag("old", 1, FlagJson("old", 1, "1", R"(,"clientSide":true)"));
    store_->PutFlag(
        "new", 1,
        FlagJson(
            "new", 1, "1",
            R"(,"clientSideAvailability":{"usingEnvironmentId":true,"usingMobileKey":false})"));
    store_->PutFlag(
        "mobile", 1,
        FlagJson(
            "mobile", 1, "1",
            R"(,"clientSideAvailability":{"usingEnvironmentId":false,"usingMobileKey":true})"));
    store_->PutFlag(
        "dependent", 1,
        FlagJson("dependent", 1, "1", R"(,"clientSide":true)" + Prerequisites({"server"})));
    auto const client = Make();
    AllFlagsOptions options;
    options.client_side_only = true;
    auto const state = client->AllFlags(bob_, options);
    EXPECT_EQ(state.ToValuesMap().ToJson(), R"({"dependent":1,"new":1,"old":1})");
    // Named, although it is not in the state itself.
    EXPECT_THAT(state.Find("dependent")->prerequisites, ElementsAre("server"));
    EXPECT_EQ(client->AllFlags(bob_).Flags().size(), 5U);
}

TEST_F(AllFlagsTest, ReasonsAndTracking) {
    store_->PutFlag("plain", 1, FlagJson("plain", 1, "1"));
    store_->PutFlag("tracked", 1, FlagJson("tracked", 1, "1", R"(,"trackEvents":true)"));
    store_->PutFlag("fallthrough", 1,
                    FlagJson("fallthrough", 1, "1", R"(,"trackEventsFallthrough":true)"));
    store_->PutFlag("rule", 1, FlagJson("rule", 1, "1", R"(,"rules":[{"id":"x","variation":0,
        "trackEvents":true,"clauses":[]}])"));
    store_->PutFlag("other-rule", 1, FlagJson("other-rule", 1, "1", R"(,"rules":[{"id":"x",
        "variation":0,"clauses":[]},{"id":"y","variation":0,"trackEvents":true,"clauses":[]}])"));
    store_->PutFlag("experiment", 1, R"({"key":"experiment","version":1,"on":true,"salt":"s",
        "variations":[1],"fallthrough":{"rollout":{"kind":"experiment","seed":1,
        "variations":[{"variation":0,"weight":100000}]}}})");
    store_->PutFlag("error", 1, R"({"key":"error","version":1,"on":true,"salt":"s",
        "variations":[],"fallthrough":{"variation":3}})");
    auto const client = Make();
    auto const state = client->AllFlags(bob_);
    struct Case {
        char const* key;
        char const* json;
    };
    Case const cases[] = {
        {"plain", R"({"variation":0,"version":1})"},
        {"tracked", R"({"variation":0,"version":1,"trackEvents":true})"},
        {"fallthrough", R"({"variation":0,"version":1,"reason":{"kind":"FALLTHROUGH"},)"
                        R"("trackEvents":true,"trackReason":true})"},
        {"rule", R"({"variation":0,"version":1,"reason":{"kind":"RULE_MATCH","ruleIndex":0,)"
                 R"("ruleId":"x"},"trackEvents":true,"trackReason":true})"},
        {"other-rule", R"({"variation":0,"version":1})"},
        {"experiment", R"({"variation":0,"version":1,"reason":{"kind":"FALLTHROUGH",)"
                       R"("inExperiment":true},"trackEvents":true,"trackReason":true})"},
        {"error", R"({"version":1})"},
    };
    Value const json = *Value::Parse(state.ToJson());
    for (Case const& c : cases) EXPECT_EQ(json["$flagsState"][c.key].ToJson(), c.json) << c.key;
    EXPECT_TRUE(state.ValueOf("error").IsNull());
    ASSERT_NE(json.Find("error"), nullptr);

    AllFlagsOptions options;
    options.with_reasons = true;
    auto const with_reasons = client->AllFlags(bob_, options);
    EXPECT_EQ(with_reasons.Find("plain")->reason->kind, ReasonKind::kFallthrough);
    EXPECT_EQ(with_reasons.Find("other-rule")->reason->rule_id, "x");
    EXPECT_EQ(with_reasons.Find("error")->reason->error_kind, ErrorKind::kMalformedFlag);
    EXPECT_FALSE(with_reasons.Find("plain")->track_reason);
}

TEST_F(AllFlagsTest, DetailsOnlyForTrackedFlags) {
    auto const now = clock_.Now().time_since_epoch() / std::chrono::milliseconds(1);
    auto const debug = [&](auto until) {
        return R"(,"debugEventsUntilDate":)" + std::to_string(until);
    };
    store_->PutFlag("plain", 1, FlagJson("plain", 1, "1"));
    store_->PutFlag("tracked", 1, FlagJson("tracked", 1, "1", R"(,"trackEvents":true)"));
    store_->PutFlag("debugged", 1, FlagJson("debugged", 1, "1", debug(now + 1)));
    store_->PutFlag("was-debugged", 1, FlagJson("was-debugged", 1, "1", debug(now)));
    store_->PutFlag("experiment", 1,
                    FlagJson("experiment", 1, "1", R"(,"trackEventsFallthrough":true)"));
    auto const client = Make();
    AllFlagsOptions options;
    options.with_reasons = true;
    options.details_only_for_tracked_flags = true;
    auto const state = client->AllFlags(bob_, options);
    EXPECT_TRUE(state.Find("plain")->omit_details);
    EXPECT_FALSE(state.Find("tracked")->omit_details);
    EXPECT_FALSE(state.Find("debugged")->omit_details);
    EXPECT_TRUE(state.Find("was-debugged")->omit_details);
    EXPECT_FALSE(state.Find("experiment")->omit_details);
    Value const json = *Value::Parse(state.ToJson());
    EXPECT_EQ(json["$flagsState"]["plain"].ToJson(), R"({"variation":0})");
    EXPECT_EQ(json["$flagsState"]["was-debugged"].ToJson(),
              R"({"variation":0,"debugEventsUntilDate":)" + std::to_string(now) + "}");
    EXPECT_EQ(json["$flagsState"]["tracked"].ToJson(),
              R"({"variation":0,"version":1,"reason":{"kind":"FALLTHROUGH"},"trackEvents":true})");
}

TEST_F(AllFlagsTest, PrerequisitesAreTheDirectOnesThatWereEvaluated) {
    store_->PutFlag("top", 1,
                    FlagJson("top", 1, "1", Prerequisites({"b", "a", "fails", "unseen"})));
    store_->PutFlag("a", 1, FlagJson("a", 1, "1", Prerequisites({"deep"})));
    store_->PutFlag("b", 1, FlagJson("b", 1, "1"));
    store_->PutFlag("deep", 1, FlagJson("deep", 1, "1"));
    store_->PutFlag("fails", 1,
                    R"({"key":"fails","version":1,"on":false,"variations":[1],)"
                    R"("offVariation":0,"salt":"s"})");
    store_->PutFlag("unseen", 1, FlagJson("unseen", 1, "1"));
    store_->PutFlag("off", 1,
                    R"({"key":"off","version":1,"on":false,"variations":[1],)"
                    R"("offVariation":0,"salt":"s")" +
                        Prerequisites({"a"}) + "}");
    store_->PutFlag("missing", 1, FlagJson("missing", 1, "1", Prerequisites({"a", "none"})));
    auto const client = Make();
    auto const state = client->AllFlags(bob_);
    EXPECT_THAT(state.Find("top")->prerequisites, ElementsAre("b", "a", "fails"));
    EXPECT_THAT(state.Find("a")->prerequisites, ElementsAre("deep"));
    EXPECT_THAT(state.Find("off")->prerequisites, IsEmpty());
    EXPECT_THAT(state.Find("missing")->prerequisites, ElementsAre("a"));
}

}  // namespace
}  // namespace lddynamo
