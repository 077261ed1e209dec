// Evaluating a cached flag must not touch the heap.
#include "client_fixture.hpp"
#include "support/allocation_counter.hpp"

#include <cstdint>
#include <memory>

namespace lddynamo {
namespace {

class NoAllocTest : public ClientTest {
  protected:
    void SetUp() override {
        store_->PutFlag("bool", 1, FlagJson("bool", 1, "true"));
        store_->PutFlag("number", 1, FlagJson("number", 1, "2.5"));
        std::string rules = R"(,"rules":[)";
        for (int i = 0; i < 5; ++i) {
            rules += R"({"id":"0123456789abcdef-a-long-rule-id","variation":0,"clauses":[)"
                     R"({"attribute":"email","op":"endsWith","values":["@nobody)" +
                     std::to_string(i) +
                     R"(.example.com"]},{"attribute":"plan","op":"in",)"
                     R"("values":["gold","silver"]}]},)";
        }
        rules += R"({"id":"s","variation":0,"clauses":[{"attribute":"","op":"segmentMatch",)"
                 R"("values":["s"]}]}])";
        store_->PutFlag(
            "rules", 1,
            R"({"key":"rules","version":1,"on":true,"salt":"s","variations":[false,true],)"
            R"("offVariation":0,"fallthrough":{"rollout":{"variations":[)"
            R"({"variation":0,"weight":1},{"variation":1,"weight":99999}]}})" +
                rules + Prerequisites({"bool"}) + "}");
        store_->PutSegment("s", 1, SegmentJson("s", 1, "x"));
    }
    Context const context_ = *Context::Builder("user", "somebody-with-a-rather-long-key")
                                  .Set("email", "somebody@elsewhere.example.com")
                                  .Set("plan", "gold")
                                  .Build();
};

TEST_F(NoAllocTest, CachedFlags) {
    struct Case {
        Mode mode;
        LoadMode load;
    };
    Case const cases[] = {{Mode::kTtl, LoadMode::kLazy},
                          {Mode::kTtl, LoadMode::kPreload},
                          {Mode::kInfinite, LoadMode::kLazy},
                          {Mode::kInfinite, LoadMode::kPreload}};
    for (Case const& c : cases) {
        auto const client = Make(Of(c.mode), c.load);
        EXPECT_TRUE(client->BoolVariation("bool", context_, false));
        EXPECT_TRUE(client->BoolVariation("rules", context_, false));
        EXPECT_EQ(client->IntVariation("number", context_, 0), 2);
        EXPECT_FALSE(client->BoolVariation("none", context_, false));
        std::uint64_t const before = test_support::AllocationCount();
        bool plain = true;
        bool rules = true;
        bool wrong = false;
        std::int64_t integer = 0;
        double number = 0;
        for (int i = 0; i < 100; ++i) {
            plain = plain && client->BoolVariation("bool", context_, false);
            rules = rules && client->BoolVariation("rules", context_, false);
            wrong = wrong || client->BoolVariation("number", context_, false) ||
                    client->BoolVariation("none", context_, false);
            integer += client->IntVariation("number", context_, 0);
            number += client->DoubleVariation("number", context_, 0);
            plain = plain && client->BoolVariationDetail("bool", context_, false).value;
        }
        std::uint64_t const after = test_support::AllocationCount();
        EXPECT_EQ(after - before, 0U);
        EXPECT_TRUE(plain && rules && !wrong);
        EXPECT_EQ(integer, 200);
        EXPECT_EQ(number, 250);
    }
}

TEST_F(NoAllocTest, LastKnownFlagsInAnOutage) {
    auto const client = Make(Ttl(1000));
    EXPECT_TRUE(client->BoolVariation("rules", context_, false));
    store_->FailAsUnavailable();
    Pass(1000);
    EXPECT_TRUE(client->BoolVariation("rules", context_, false));
    std::uint64_t const before = test_support::AllocationCount();
    bool value = true;
    for (int i = 0; i < 100; ++i) value = value && client->BoolVariation("rules", context_, false);
    EXPECT_EQ(test_support::AllocationCount() - before, 0U);
    EXPECT_TRUE(value);
}

TEST_F(NoAllocTest, TheCounterCounts) {
    std::uint64_t const before = test_support::AllocationCount();
    auto const number = std::make_unique<int>(3);
    EXPECT_EQ(test_support::AllocationCount() - before, 1U);
    EXPECT_EQ(*number, 3);
}

}  // namespace
}  // namespace lddynamo
