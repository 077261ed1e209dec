#include "support/fake_clock.hpp"
#include "support/fake_dynamodb_client.hpp"
#include "support/results.hpp"

#include <lddynamo/dynamodb_feature_store.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test_support::ErrorOf;
using test_support::FailureOf;
using test_support::FakeClock;
using test_support::FakeDynamoDbClient;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TableDescription Described(std::string status) {
    TableDescription table;
    table.status = std::move(status);
    table.keys = {.partition_key = "namespace", .sort_key = "key"};
    return table;
}

/// A table whose state, at each look, is the next of a list; "" is no table. The last one stays.
class ScriptedTable {
  public:
    explicit ScriptedTable(std::vector<std::string> states) : states_(std::move(states)) {
        client.on_describe = [this](std::string const& name) -> Result<TableDescription> {
            EXPECT_EQ(name, "flags");
            auto const state = states_[std::min(looks_++, states_.size() - 1)];
            if (state.empty()) return Fail(ErrorOf(ErrorCode::kNotFound, "no such table"));
            return Described(state);
        };
        client.on_create = [](CreateTableRequest const& request) -> Result<TableDescription> {
            EXPECT_EQ(request.table, "flags");
            EXPECT_EQ(request.keys, (KeySchema{.partition_key = "namespace", .sort_key = "key"}));
            return Described("CREATING");
        };
    }
    Result<bool> Create() { return CreateFeatureTable(client, "flags", clock, minutes(1)); }

    FakeClock clock;
    FakeDynamoDbClient client;

  private:
    std::vector<std::string> states_;
    std::size_t looks_ = 0;
};

TEST(CreateFeatureTableTest, CreatesAndWaits) {
    ScriptedTable table({"", "CREATING", "CREATING", "ACTIVE"});
    auto const created = table.Create();
    ASSERT_TRUE(created.has_value());
    EXPECT_TRUE(*created);
    EXPECT_THAT(table.client.Calls(), ElementsAre("DescribeTable", "CreateTable", "DescribeTable",
                                                  "DescribeTable", "DescribeTable"));
    EXPECT_GT(table.clock.Elapsed().count(), 0);
}

TEST(CreateFeatureTableTest, WaitsWhileANewTableIsNotSeenYet) {
    ScriptedTable table({"", "", "", "CREATING", "ACTIVE"});
    EXPECT_TRUE(table.Create().value());
    EXPECT_EQ(table.client.CallCount("CreateTable"), 1U);
}

TEST(CreateFeatureTableTest, LeavesAnExistingTable) {
    for (char const* state : {"ACTIVE", "UPDATING"}) {
        ScriptedTable table({state});
        EXPECT_FALSE(table.Create().value());
        EXPECT_EQ(table.client.CallCount("CreateTable"), 0U);
    }
    ScriptedTable table({"CREATING", "ACTIVE"});
    EXPECT_FALSE(table.Create().value()) << "somebody else is creating it";
}

TEST(CreateFeatureTableTest, LosesARaceInPeace) {
    ScriptedTable table({"", "CREATING", "ACTIVE"});
    table.client.on_create = [](CreateTableRequest const&) -> Result<TableDescription> {
        return Fail(ErrorOf(ErrorCode::kAlreadyExists, "ResourceInUseException"));
    };
    auto const created = table.Create();
    ASSERT_TRUE(created.has_value());
    EXPECT_FALSE(*created);
}

TEST(CreateFeatureTableTest, WaitsForADeletionToEnd) {
    ScriptedTable table({"DELETING", "DELETING", "", "CREATING", "ACTIVE"});
    EXPECT_TRUE(table.Create().value());
}

TEST(CreateFeatureTableTest, TakesATableThatIsActiveAtOnce) {
    ScriptedTable table({""});
    table.client.on_create = [](CreateTableRequest const&) -> Result<TableDescription> {
        return Described("ACTIVE");
    };
    EXPECT_TRUE(table.Create().value());
    EXPECT_EQ(table.clock.Elapsed().count(), 0);
}

TEST(CreateFeatureTableTest, GivesUpInTime) {
    for (std::vector<std::string> const& states :
         {std::vector<std::string>{"", "CREATING"}, {"DELETING"}, {""}}) {
        ScriptedTable table(states);
        auto const created = table.Create();
        ASSERT_FALSE(created.has_value());
        EXPECT_EQ(created.error().code, ErrorCode::kTimeout);
        EXPECT_THAT(created.error().message, HasSubstr("flags"));
        EXPECT_EQ(table.clock.Elapsed(), minutes(1));
        EXPECT_LT(table.client.Calls().size(), 60U);
    }
}

TEST(CreateFeatureTableTest, RefusesOtherKeysAndShowsThem) {
    struct Case {
        KeySchema keys;
        char const* message;
    };
    for (auto const& [keys, message] : std::vector<Case>{
             {{.partition_key = "id"}, "partition key `id` (S) and no sort key"},
             {{.partition_key = "namespace", .sort_key = "sort"}, "sort key `sort` (S)"},
             {{.partition_key = "namespace", .sort_key = "key", .sort_type = "N"},
              "sort key `key` (N)"},
             {{.partition_key = "key", .sort_key = "namespace"}, "partition key `key` (S)"},
         }) {
        FakeDynamoDbClient client;
        client.on_describe = [&, wrong = keys](std::string const&) -> Result<TableDescription> {
            auto table = Described("ACTIVE");
            table.keys = wrong;
            return table;
        };
        FakeClock clock;
        auto const created = CreateFeatureTable(client, "flags", clock);
        ASSERT_FALSE(created.has_value());
        EXPECT_EQ(created.error().code, ErrorCode::kAlreadyExists);
        EXPECT_THAT(created.error().message, HasSubstr(message));
        EXPECT_THAT(created.error().message, HasSubstr("needs partition key `namespace` (S) and "
                                                       "sort key `key` (S)"));
        auto const checked = CheckFeatureTable(client, "flags");
        ASSERT_FALSE(checked.has_value());
        EXPECT_EQ(checked.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(checked.error().message, HasSubstr(message));
    }
}

TEST(CreateFeatureTableTest, FailsAsTheServiceFails) {
    ScriptedTable table({""});
    table.client.on_create = [](CreateTableRequest const&) -> Result<TableDescription> {
        return Fail(ErrorOf(ErrorCode::kAccessDenied, "no"));
    };
    auto created = table.Create();
    ASSERT_FALSE(created.has_value());
    EXPECT_EQ(created.error().code, ErrorCode::kAccessDenied);
    EXPECT_EQ(created.error().message, "create table flags: no");
    table.client.on_describe = [](std::string const&) -> Result<TableDescription> {
        return Fail(ErrorOf(ErrorCode::kConnection, "refused"));
    };
    created = table.Create();
    ASSERT_FALSE(created.has_value());
    EXPECT_EQ(created.error().code, ErrorCode::kConnection);
    ScriptedTable archived({"ARCHIVED"});
    EXPECT_THAT(FailureOf(archived.Create()).message, HasSubstr("ARCHIVED"));
}

TEST(CheckFeatureTableTest, AnswersForGoodAndMissingTables) {
    ScriptedTable good({"ACTIVE"});
    EXPECT_TRUE(CheckFeatureTable(good.client, "flags").has_value());
    ScriptedTable missing({""});
    auto const checked = CheckFeatureTable(missing.client, "flags");
    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(checked.error().message, HasSubstr("table flags does not exist"));
}

}  // namespace
}  // namespace lddynamo
