#include "world.hpp"

#include <string>
#include <vector>

namespace lddynamo::evaluation {
namespace {

// "flag<prerequisite=index" for every one, in order.
class Recorder final : public PrerequisiteObserver {
  public:
    void OnPrerequisite(model::FeatureFlag const& flag, model::FeatureFlag const& prerequisite,
                        Outcome const& outcome) override {
        seen += (seen.empty() ? "" : " ") + flag.key + "<" + prerequisite.key + "=" +
                std::to_string(outcome.variation_index);
    }
    std::string seen;
};

class PrerequisitesTest : public ::testing::Test {
  protected:
    // A flag that gives variation `index` of [0, 1]; prerequisites as "key:variation".
    void Add(std::string const& key, int index, std::vector<std::string> const& prerequisites = {},
             std::string const& more = R"("on":true)") {
        std::string list;
        for (std::string const& text : prerequisites) {
            auto const colon = text.find(':');
            list += std::string(list.empty() ? "" : ",") + R"({"key":")" + text.substr(0, colon) +
                    R"(","variation":)" + text.substr(colon + 1) + "}";
        }
        world_.Add(R"({"key":")" + key + R"(","variations":[0,1],"offVariation":0,"fallthrough":)" +
                   R"({"variation":)" + std::to_string(index) + R"(},"prerequisites":[)" + list +
                   "]," + more + "}");
    }
    std::string Evaluated(std::string const& key) {
        recorder_.seen.clear();
        return Show(Evaluate(*world_.FindFlag(key), MakeContext(R"({"kind":"user","key":"u"})"),
                             world_, &recorder_));
    }
    static std::string Failed(std::string const& key) {
        return R"(0 / 0 / {"kind":"PREREQUISITE_FAILED","prerequisiteKey":")" + key + R"("})";
    }
    static constexpr char kPassed[] = R"(1 / 1 / {"kind":"FALLTHROUGH"})";

    World world_;
    Recorder recorder_;
};

TEST_F(PrerequisitesTest, Passes) {
    Add("a", 1, {"b:0", "c:1"});
    Add("b", 0);
    Add("c", 1);
    EXPECT_EQ(Evaluated("a"), kPassed);
    EXPECT_EQ(recorder_.seen, "a<b=0 a<c=1");
}

TEST_F(PrerequisitesTest, MissingFails) {
    Add("a", 1, {"gone:0"});
    EXPECT_EQ(Evaluated("a"), Failed("gone"));
    EXPECT_EQ(recorder_.seen, "");
}

TEST_F(PrerequisitesTest, OtherVariationFailsAndNoFurtherOneIsEvaluated) {
    Add("a", 1, {"b:1", "c:1"});
    Add("b", 0);
    Add("c", 1);
    EXPECT_EQ(Evaluated("a"), Failed("b"));
    EXPECT_EQ(recorder_.seen, "a<b=0");
}

TEST_F(PrerequisitesTest, FlagThatIsOffFailsEvenWithTheWantedOffVariation) {
    Add("a", 1, {"b:0"});
    Add("b", 0, {}, R"("on":false)");
    EXPECT_EQ(Evaluated("a"), Failed("b"));
    EXPECT_EQ(recorder_.seen, "a<b=0");
}

TEST_F(PrerequisitesTest, OffFlagDoesNotLookAtItsPrerequisites) {
    Add("a", 1, {"b:1"}, R"("on":false)");
    Add("b", 1);
    EXPECT_EQ(Evaluated("a"), R"(0 / 0 / {"kind":"OFF"})");
    EXPECT_EQ(recorder_.seen, "");
}

TEST_F(PrerequisitesTest, InnerOnesComeFirst) {
    Add("a", 1, {"b:1", "d:1"});
    Add("b", 1, {"c:1"});
    Add("c", 1);
    Add("d", 1);
    EXPECT_EQ(Evaluated("a"), kPassed);
    EXPECT_EQ(recorder_.seen, "b<c=1 a<b=1 a<d=1");
}

TEST_F(PrerequisitesTest, FailureInsideGivesTheInnerFlagItsOffVariation) {
    Add("a", 1, {"b:1"});
    Add("b", 1, {"c:0"});
    Add("c", 1);
    EXPECT_EQ(Evaluated("a"), Failed("b"));
    EXPECT_EQ(recorder_.seen, "b<c=1 a<b=0");
}

TEST_F(PrerequisitesTest, BadVariationOfAPrerequisiteFailsIt) {
    Add("a", 1, {"b:1"});
    Add("b", 9);
    EXPECT_EQ(Evaluated("a"), Failed("b"));
    EXPECT_EQ(recorder_.seen, "a<b=-1");
}

TEST_F(PrerequisitesTest, MalformedRuleOfAPrerequisiteEndsEverything) {
    Add("a", 1, {"b:1"});
    Add("b", 1, {}, R"("on":true,"rules":[{"variation":1,"clauses":[{"op":"in"}]}])");
    EXPECT_EQ(Evaluated("a"), kMalformed);
    EXPECT_EQ(recorder_.seen, "");
}

TEST_F(PrerequisitesTest, FailsWithABadOffVariation) {
    world_.Add(R"({"key":"a","on":true,"offVariation":5,"variations":[1],
                   "prerequisites":[{"key":"gone","variation":0}]})");
    EXPECT_EQ(Evaluated("a"), kMalformed);
}

TEST_F(PrerequisitesTest, FailsWithoutOffVariation) {
    world_.Add(R"({"key":"a","on":true,"variations":[1],
                   "prerequisites":[{"key":"gone","variation":0}]})");
    EXPECT_EQ(Evaluated("a"),
              R"(- / -1 / {"kind":"PREREQUISITE_FAILED","prerequisiteKey":"gone"})");
}

TEST_F(PrerequisitesTest, CyclesAreMalformed) {
    Add("self", 1, {"self:1"});
    Add("a", 1, {"b:1"});
    Add("b", 1, {"c:1"});
    Add("c", 1, {"a:1"});
    Add("outside", 1, {"b:1"});
    for (char const* key : {"self", "a", "b", "c", "outside"}) {
        EXPECT_EQ(Evaluated(key), kMalformed) << key;
        EXPECT_EQ(recorder_.seen, "") << key;
    }
}

TEST_F(PrerequisitesTest, DiamondIsFine) {
    Add("a", 1, {"b:1", "c:1"});
    Add("b", 1, {"d:1"});
    Add("c", 1, {"d:1"});
    Add("d", 1);
    EXPECT_EQ(Evaluated("a"), kPassed);
    EXPECT_EQ(recorder_.seen, "b<d=1 a<b=1 c<d=1 a<c=1");
}

}  // namespace
}  // namespace lddynamo::evaluation
