#include "dynamodb/batching.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_dynamodb_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo {
namespace {

using test_support::ErrorOf;
using test_support::FakeClock;
using test_support::FakeDynamoDbClient;
using ::testing::HasSubstr;

Item Row(std::size_t i) {
    return {{"key", AttributeValue::N(static_cast<std::int64_t>(i))}};
}

std::size_t NumberOf(Item const& row) {
    return std::stoul(*row.at("key").AsN());
}

QueryRequest RequestFor(std::string table) {
    QueryRequest request;
    request.table = std::move(table);
    return request;
}

/// Serves `pages` pages of two rows each; the table's name is the number of pages.
Result<QueryResponse> ServePages(QueryRequest const& request) {
    std::size_t const pages = std::stoul(request.table);
    std::size_t const page =
        request.exclusive_start_key.empty() ? 0 : NumberOf(request.exclusive_start_key) + 1;
    QueryResponse response;
    if (page < pages) response.items = {Row(page * 2), Row(page * 2 + 1)};
    if (page + 1 < pages) response.last_evaluated_key = Row(page);
    return response;
}

TEST(QueryAllItemsTest, ReadsAllPagesOfEachQueryInOrder) {
    FakeDynamoDbClient client;
    client.on_query = ServePages;
    std::vector<QueryRequest> const requests = {RequestFor("1"), RequestFor("5"), RequestFor("0"),
                                                RequestFor("3")};
    auto const all = QueryAllItems(client, requests);
    ASSERT_TRUE(all.has_value());
    ASSERT_EQ(all->size(), 4U);
    std::vector<std::size_t> const sizes = {2, 10, 0, 6};
    for (std::size_t query = 0; query < 4; ++query) {
        ASSERT_EQ((*all)[query].size(), sizes[query]);
        for (std::size_t i = 0; i < sizes[query]; ++i) EXPECT_EQ(NumberOf((*all)[query][i]), i);
    }
    EXPECT_EQ(client.CallCount("Query"), 10U);
}

TEST(QueryAllItemsTest, GivesNothingForNothing) {
    FakeDynamoDbClient client;
    auto const all = QueryAllItems(client, {});
    ASSERT_TRUE(all.has_value());
    EXPECT_TRUE(all->empty());
}

TEST(QueryAllItemsTest, AnEmptyPageIsNotTheEnd) {
    FakeDynamoDbClient client;
    client.on_query = [](QueryRequest const& request) {
        QueryResponse response;
        if (request.exclusive_start_key.empty()) {
            response.last_evaluated_key = Row(1);  // a page without rows
        } else if (NumberOf(request.exclusive_start_key) == 1) {
            response.items = {Row(2)};
            response.last_evaluated_key = Row(2);  // points past the last row
        }
        return response;
    };
    std::vector<QueryRequest> const requests = {RequestFor("t")};
    auto const all = QueryAllItems(client, requests);
    ASSERT_TRUE(all.has_value());
    EXPECT_EQ(all->front().size(), 1U);
    EXPECT_EQ(client.CallCount("Query"), 3U);
}

TEST(QueryAllItemsTest, EndlessPagersEndInAnError) {
    struct Case {
        char const* name;
        std::function<std::size_t(std::size_t page)> key;
        std::size_t most_calls;
    };
    std::vector<Case> const cases = {
        {"the same key for ever", [](std::size_t) { return std::size_t{7}; }, 10},
        {"a circle of two", [](std::size_t page) { return page % 2; }, 20},
        {"a circle of 1000", [](std::size_t page) { return page % 1000; }, 5000},
        {"a tail, then a circle",
         [](std::size_t page) { return page < 37 ? page + 100 : page % 5; }, 200},
        {"always another key", [](std::size_t page) { return page; }, 10'000},
    };
    for (auto const& test : cases) {
        FakeDynamoDbClient client;
        std::size_t page = 0;
        client.on_query = [&](QueryRequest const&) {
            QueryResponse response;
            response.last_evaluated_key = Row(test.key(page++));
            return response;
        };
        std::vector<QueryRequest> const requests = {RequestFor("t")};
        auto const all = QueryAllItems(client, requests);
        ASSERT_FALSE(all.has_value()) << test.name;
        EXPECT_EQ(all.error().code, ErrorCode::kInvalidData) << test.name;
        EXPECT_LE(page, test.most_calls) << test.name;
    }
}

TEST(QueryAllItemsTest, FailsAsTheFirstQueryThatFails) {
    FakeDynamoDbClient client;
    client.on_query = [](QueryRequest const& request) -> Result<QueryResponse> {
        if (request.table == "bad") return Fail(ErrorOf(ErrorCode::kThrottled, "bad"));
        if (request.table == "worse") return Fail(ErrorOf(ErrorCode::kNotFound, "worse"));
        return QueryResponse{};
    };
    std::vector<QueryRequest> const requests = {RequestFor("good"), RequestFor("bad"),
                                                RequestFor("worse")};
    auto const all = QueryAllItems(client, requests);
    ASSERT_FALSE(all.has_value());
    EXPECT_EQ(all.error().message, "bad");
}

TEST(QueryAllItemsTest, LooksAtADeadlineBetweenPages) {
    FakeClock clock;
    FakeDynamoDbClient client;
    client.on_query = [&](QueryRequest const& request) {
        clock.Advance(std::chrono::seconds(1));
        return ServePages(request);
    };
    std::vector<QueryRequest> const requests = {RequestFor("100")};
    auto const all = dynamodb::QueryPages(
        client, requests, dynamodb::Deadline(&clock, std::chrono::milliseconds(2500)));
    ASSERT_FALSE(all.has_value());
    EXPECT_EQ(all.error().code, ErrorCode::kTimeout);
    EXPECT_EQ(client.CallCount("Query"), 3U);
}

}  // namespace
}  // namespace lddynamo
