#include <lddynamo/migration.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace lddynamo {
namespace {

using Origin = MigrationOrigin;
using Kind = MigrationOperationKind;
using std::chrono::milliseconds;

MigrationTracker Make(std::int64_t check_ratio = 1, double random = 0, std::string key = "flag") {
    MigrationTracker::Evaluated evaluated;
    evaluated.flag_key = std::move(key);
    evaluated.default_stage = MigrationStage::kShadow;
    evaluated.check_ratio = check_ratio;
    return {*Context::User("bob"), evaluated, [random] { return random; }};
}

TEST(MigrationStageTest, HasItsNames) {
    struct Case {
        MigrationStage stage;
        char const* text;
    };
    for (Case const c :
         {Case{MigrationStage::kOff, "off"}, Case{MigrationStage::kDualWrite, "dualwrite"},
          Case{MigrationStage::kShadow, "shadow"}, Case{MigrationStage::kLive, "live"},
          Case{MigrationStage::kRampDown, "rampdown"},
          Case{MigrationStage::kComplete, "complete"}}) {
        EXPECT_EQ(ToString(c.stage), c.text);
        EXPECT_EQ(ParseMigrationStage(c.text), c.stage);
    }
    for (char const* const none : {"", "Off", "off ", "dual", "completed"}) {
        EXPECT_EQ(ParseMigrationStage(none), std::nullopt) << none;
    }
    EXPECT_EQ(ToString(Origin::kOld), "old");
    EXPECT_EQ(ToString(Origin::kNew), "new");
    EXPECT_EQ(ToString(Kind::kRead), "read");
    EXPECT_EQ(ToString(Kind::kWrite), "write");
}

TEST(MigrationTrackerTest, KeepsWhatWasMeasured) {
    MigrationTracker tracker = Make();
    EXPECT_EQ(tracker.GetContext(), *Context::User("bob"));
    EXPECT_EQ(tracker.GetEvaluated().default_stage, MigrationStage::kShadow);
    EXPECT_EQ(tracker.GetOperation(), std::nullopt);
    tracker.Operation(Kind::kWrite);
    tracker.Invoked(Origin::kNew);
    tracker.Error(Origin::kNew);
    tracker.Latency(Origin::kNew, milliseconds(5));
    EXPECT_EQ(tracker.GetOperation(), Kind::kWrite);
    EXPECT_TRUE(tracker.Of(Origin::kNew).invoked);
    EXPECT_TRUE(tracker.Of(Origin::kNew).error);
    EXPECT_EQ(tracker.Of(Origin::kNew).latency, milliseconds(5));
    EXPECT_FALSE(tracker.Of(Origin::kOld).invoked);
    EXPECT_FALSE(tracker.Of(Origin::kOld).error);
    EXPECT_EQ(tracker.Of(Origin::kOld).latency, std::nullopt);
    EXPECT_EQ(tracker.WhyNotTold(), "");
}

TEST(MigrationTrackerTest, ComparesAsOftenAsTheFlagSays) {
    struct Case {
        std::int64_t ratio;
        double random;
        bool compares;
    };
    for (Case const c :
         {Case{1, 0.999999, true}, Case{0, 0, false}, Case{-1, 0, false}, Case{4, 0.2499, true},
          Case{4, 0.25, false}, Case{4, 0.9, false}, Case{2, 0.4999, true}, Case{2, 0.5, false}}) {
        for (bool const same : {true, false}) {
            MigrationTracker tracker = Make(c.ratio, c.random);
            int calls = 0;
            tracker.Consistency([&] {
                ++calls;
                return same;
            });
            EXPECT_EQ(calls, c.compares ? 1 : 0) << c.ratio << " " << c.random;
            EXPECT_EQ(tracker.IsConsistent(), c.compares ? std::optional(same) : std::nullopt);
        }
    }
}

TEST(MigrationTrackerTest, SamplesByItself) {
    MigrationTracker::Evaluated evaluated;
    evaluated.flag_key = "flag";
    evaluated.check_ratio = 10;
    MigrationTracker tracker(*Context::User("bob"), evaluated);
    int calls = 0;
    for (int i = 0; i < 10000; ++i) {
        tracker.Consistency([&] {
            ++calls;
            return true;
        });
    }
    EXPECT_GT(calls, 700);  // ten standard deviations
    EXPECT_LT(calls, 1300);
}

TEST(MigrationTrackerTest, AComparisonThatThrowsIsNone) {
    MigrationTracker tracker = Make();
    tracker.Consistency([]() -> bool { throw std::runtime_error("cannot tell"); });
    EXPECT_EQ(tracker.IsConsistent(), std::nullopt);
    tracker.Consistency({});
    EXPECT_EQ(tracker.IsConsistent(), std::nullopt);
}

TEST(MigrationTrackerTest, SaysWhyItCannotBeTold) {
    MigrationTracker tracker = Make();
    EXPECT_EQ(tracker.WhyNotTold(), "no origins were recorded as being invoked");
    tracker.Invoked(Origin::kOld);
    EXPECT_EQ(tracker.WhyNotTold(), "migration operation not specified");
    tracker.Operation(Kind::kRead);
    EXPECT_EQ(tracker.WhyNotTold(), "");

    MigrationTracker consistent = tracker;
    consistent.Consistency([] { return true; });
    EXPECT_EQ(consistent.WhyNotTold(), "provided consistency without recording both invocations");
    consistent.Invoked(Origin::kNew);
    EXPECT_EQ(consistent.WhyNotTold(), "");

    for (Origin const origin : {Origin::kOld, Origin::kNew}) {
        MigrationTracker other = Make();
        other.Operation(Kind::kRead);
        other.Invoked(origin == Origin::kOld ? Origin::kNew : Origin::kOld);
        other.Error(origin);
        std::string const name(ToString(origin));
        EXPECT_EQ(other.WhyNotTold(),
                  "provided error for '" + name + "' without recording invocation");
        other.Latency(origin, milliseconds(1));
        EXPECT_EQ(other.WhyNotTold(),
                  "provided latency for '" + name + "' without recording invocation");
        other.Invoked(origin);
        EXPECT_EQ(other.WhyNotTold(), "");
    }

    MigrationTracker nameless = Make(1, 0, "");
    nameless.Operation(Kind::kRead);
    nameless.Invoked(Origin::kOld);
    EXPECT_EQ(nameless.WhyNotTold(), "migration operation cannot contain an empty key");
}

}  // namespace
}  // namespace lddynamo
