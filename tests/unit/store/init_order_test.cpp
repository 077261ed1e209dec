#include "store/init_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>

namespace lddynamo::store {
namespace {

using Names = std::vector<std::vector<std::string>>;

Names LevelsOf(std::vector<FlagNeeds> const& flags) {
    Names names;
    for (auto const& level : PrerequisiteLevels(flags)) {
        names.emplace_back();
        for (std::size_t const i : level) names.back().push_back(flags[i].first);
    }
    return names;
}

TEST(PrerequisiteLevelsTest, PutsPrerequisitesFirst) {
    struct Case {
        char const* name;
        std::vector<FlagNeeds> flags;
        Names levels;
    };
    std::vector<Case> const cases = {
        {"nothing", {}, {}},
        {"no needs", {{"a", {}}, {"b", {}}}, {{"a", "b"}}},
        {"a chain", {{"a", {"b"}}, {"b", {"c"}}, {"c", {}}}, {{"c"}, {"b"}, {"a"}}},
        {"a diamond",
         {{"a", {"b", "c"}}, {"b", {"d"}}, {"c", {"d"}}, {"d", {}}},
         {{"d"}, {"b", "c"}, {"a"}}},
        {"the longest way counts",
         {{"a", {"c", "b"}}, {"b", {"c"}}, {"c", {}}},
         {{"c"}, {"b"}, {"a"}}},
        {"unknown needs", {{"a", {"gone"}}, {"b", {}}}, {{"a", "b"}}},
        {"twice the same", {{"a", {"b", "b"}}, {"b", {}}}, {{"b"}, {"a"}}},
        {"itself", {{"a", {"a"}}, {"b", {}}}, {{"b"}, {"a"}}},
        {"a circle", {{"a", {"b"}}, {"b", {"a"}}}, {{"a", "b"}}},
        {"a circle and others",
         {{"a", {"b"}}, {"b", {"c"}}, {"c", {"a", "x"}}, {"x", {}}, {"y", {"x"}}},
         {{"x"}, {"y"}, {"a", "b", "c"}}},
        {"what needs a circle comes after it",
         {{"a", {"b"}}, {"b", {"a"}}, {"p", {"a"}}, {"q", {"p"}}},
         {{"a", "b"}, {"p"}, {"q"}}},
        {"two circles, one needs the other",
         {{"a", {"b"}}, {"b", {"a"}}, {"c", {"d", "a"}}, {"d", {"c"}}},
         {{"a", "b", "c", "d"}}},
    };
    for (auto const& test : cases) EXPECT_EQ(LevelsOf(test.flags), test.levels) << test.name;
}

TEST(PrerequisiteLevelsTest, TakesLongChainsAndDenseCircles) {
    constexpr std::size_t kCount = 20'000;
    std::vector<FlagNeeds> chain;
    for (std::size_t i = 0; i < kCount; ++i) {
        chain.push_back({"f" + std::to_string(i), {"f" + std::to_string(i + 1)}});
    }
    EXPECT_EQ(PrerequisiteLevels(chain).size(), kCount);
    chain.back().second = {"f0"};
    EXPECT_EQ(PrerequisiteLevels(chain).size(), 1U);
    std::vector<FlagNeeds> dense;
    std::vector<std::string> everybody;
    for (int i = 0; i < 300; ++i) everybody.push_back("f" + std::to_string(i));
    for (auto const& key : everybody) dense.push_back({key, everybody});
    auto const levels = PrerequisiteLevels(dense);
    ASSERT_EQ(levels.size(), 1U);
    EXPECT_EQ(levels.front().size(), 300U);
}

}  // namespace
}  // namespace lddynamo::store
