#include "client/event_recorder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lddynamo::client {
namespace {

using ::testing::ElementsAre;

/// One line for each evaluation.
class LineSink final : public events::EventSink {
  public:
    void Evaluated(Context const& context,
                   events::FlagEvaluation const& evaluation) noexcept override {
        std::string line(evaluation.key);
        line += evaluation.flag != nullptr ? " v" + std::to_string(evaluation.flag->version)
                                           : std::string(" unknown");
        line += " = " + (evaluation.outcome->value != nullptr ? evaluation.outcome->value->ToJson()
                                                              : std::string("default"));
        if (evaluation.value != nullptr) line += " seen as " + evaluation.value->ToJson();
        if (evaluation.default_value != nullptr) {
            line += " or " + evaluation.default_value->ToJson();
        }
        if (evaluation.prerequisite_of != nullptr) {
            line += " for " + evaluation.prerequisite_of->key;
        }
        if (evaluation.with_reason) line += " why";
        lines.push_back(line + " of " + std::string(context.FullyQualifiedKey()));
    }
    void Identified(Context const&) noexcept override {}
    void Tracked(Context const&, std::string_view, Value const&,
                 std::optional<double>) noexcept override {}
    void Migrated(Context const&, events::MigrationOperation const&) noexcept override {}
    void StreamOpened(events::StreamInit const&) noexcept override {}
    void Flush() noexcept override {}
    bool FlushAndWait(std::chrono::milliseconds) noexcept override { return true; }
    void Close() noexcept override {}

    std::vector<std::string> lines;
};

class EventRecorderTest : public ::testing::Test {
  protected:
    static model::FeatureFlag Flag(std::string key, int version) {
        model::FeatureFlag flag;
        flag.key = std::move(key);
        flag.version = version;
        return flag;
    }
    static evaluation::Outcome Of(Value const& value) {
        evaluation::Outcome outcome;
        outcome.value = &value;
        return outcome;
    }

    LineSink sink_;
    Context const bob_ = *Context::User("bob");
    Value const a_{"a"};
    Value const b_{"b"};
    model::FeatureFlag const f_ = Flag("f", 1);
    model::FeatureFlag const p_ = Flag("p", 2);
    model::FeatureFlag const q_ = Flag("q", 3);
};

TEST_F(EventRecorderTest, PrerequisitesComeFirst) {
    EventRecorder recorder(sink_, "f", bob_, Value("d"), true);
    recorder.Begin();
    recorder.OnPrerequisite(p_, q_, Of(b_));
    recorder.OnPrerequisite(f_, p_, Of(a_));
    recorder.Take(&f_, Of(a_), true);
    EXPECT_THAT(sink_.lines,
                ElementsAre("q v3 = \"b\" for p why of bob", "p v2 = \"a\" for f why of bob",
                            "f v1 = \"a\" or \"d\" why of bob"));
}

TEST_F(EventRecorderTest, OnlyTheLastAttemptIsTold) {
    EventRecorder recorder(sink_, "f", bob_, Value("d"), false);
    recorder.Begin();
    recorder.OnPrerequisite(f_, p_, Of(a_));
    recorder.Begin();
    recorder.OnPrerequisite(f_, p_, Of(b_));
    recorder.Take(&f_, Of(a_), true);
    EXPECT_THAT(sink_.lines,
                ElementsAre("p v2 = \"b\" for f of bob", "f v1 = \"a\" or \"d\" of bob"));
}

TEST_F(EventRecorderTest, AFlagThatIsNotThereIsToldByItsKey) {
    EventRecorder recorder(sink_, "none", bob_, Value(true), false);
    recorder.Take(nullptr, {}, true);
    EXPECT_THAT(sink_.lines, ElementsAre("none unknown = default or true of bob"));
}

// As in the Go SDK: whether the evaluation is told in full depends on its rule, not on its type.
TEST_F(EventRecorderTest, AValueOfTheWrongTypeIsToldWithItsOutcomeAndTheDefault) {
    EventRecorder recorder(sink_, "f", bob_, Value(5), false);
    recorder.Take(&f_, Of(a_), false);
    EXPECT_THAT(sink_.lines, ElementsAre("f v1 = \"a\" seen as 5 or 5 of bob"));
}

}  // namespace
}  // namespace lddynamo::client
