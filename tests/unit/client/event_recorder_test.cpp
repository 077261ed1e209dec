#include "client/event_recorder.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::client {
namespace {

using ::testing::ElementsAre;

/// Notes each evaluation as "key: value given, value evaluated".
class NotingSink final : public events::EventSink {
  public:
    void Evaluated(Context const& /*context*/,
                   events::FlagEvaluation const& evaluation) noexcept override {
        notes.push_back(std::string(evaluation.key) + ": " + Text(evaluation.value) + ", " +
                        Text(evaluation.outcome->value));
    }
    void Identified(Context const& /*context*/) noexcept override {}
    void Tracked(Context const& /*context*/, std::string_view /*key*/, Value const& /*data*/,
                 std::optional<double> /*metric*/) noexcept override {}
    void Migrated(Context const& /*context*/,
                  events::MigrationOperation const& /*operation*/) noexcept override {}
    void Flush() noexcept override {}
    bool FlushAndWait(std::chrono::milliseconds /*timeout*/) noexcept override { return true; }
    void Close() noexcept override {}

    std::vector<std::string> notes;

  private:
    static std::string Text(Value const* value) {
        return value == nullptr ? "none" : value->ToJson();
    }
};

class ClientEventRecorderTest : public ::testing::Test {
  protected:
    ClientEventRecorderTest() {
        outcome_.value = &flag_->variations.front();
        outcome_.variation_index = 0;
    }

    std::unique_ptr<model::FeatureFlag const> const flag_ =
        model::DecodeFlag(R"({"key":"f","version":1,"on":true,"variations":["a"]})").value();
    evaluation::Outcome outcome_;
    Context const bob_ = *Context::User("bob");
    NotingSink sink_;
};

TEST_F(ClientEventRecorderTest, AValueThatFitsIsTheOneThatWasEvaluated) {
    EventRecorder recorder(sink_, "f", bob_, "default", false);
    recorder.Take(flag_.get(), outcome_, true);
    EXPECT_THAT(sink_.notes, ElementsAre(R"(f: none, "a")"));
}

// As in the Go SDK: whether the evaluation is told in full depends on its rule, not on its type.
TEST_F(ClientEventRecorderTest, AValueOfTheWrongTypeIsToldWithItsOutcomeAndTheDefault) {
    EventRecorder recorder(sink_, "f", bob_, 5, false);
    recorder.Take(flag_.get(), outcome_, false);
    EXPECT_THAT(sink_.notes, ElementsAre(R"(f: 5, "a")"));
}

}  // namespace
}  // namespace lddynamo::client
