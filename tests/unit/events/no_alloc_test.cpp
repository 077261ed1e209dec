#include "event_world.hpp"
#include "events/event_recorder.hpp"
#include "support/allocation_counter.hpp"

#include <gtest/gtest.h>

namespace lddynamo::events {
namespace {

TEST(NoAlloc, CountingAgain) {
    EventRecorder recorder({}, &base::RandomUnit, {});
    auto const flag = MakeFlag("a-flag-with-a-key-longer-than-a-short-string");
    auto const context = MakeContext(R"({"kind":"multi","org":{"key":"an-organisation-of-length"},
        "user":{"key":"a-user-whose-key-is-longer-than-a-short-string"}})");
    Evaluation known(*flag, 1);
    Evaluation unknown("an-unknown-flag-with-a-key-longer-than-a-short-string");
    auto const evaluate = [&] {
        recorder.Evaluated(context, *known, 1);
        recorder.Evaluated(context, *unknown, 1);
    };
    evaluate();
    auto const before = test_support::AllocationCount();
    for (int i = 0; i < 100; ++i) evaluate();
    EXPECT_EQ(test_support::AllocationCount() - before, 0U);
    EXPECT_EQ(recorder.Take().summary.flags.size(), 2U);
}

}  // namespace
}  // namespace lddynamo::events
