#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memory_support.hpp"

#include <vector>

namespace lddynamo::test_support {
namespace {

using ::testing::HasSubstr;

BatchWriteItemRequest Batch(int count) {
    BatchWriteItemRequest request;
    request.table = "flags";
    for (int i = 0; i < count; ++i) {
        request.writes.push_back({BatchWrite::Kind::kPut, Key("p", std::to_string(i))});
    }
    return request;
}

TEST(MemoryBatchTest, WritesHaveLimits) {
    MemoryDynamoDb db;
    MakeTable(db);
    EXPECT_TRUE(db.BatchWriteItem(Batch(25)));
    EXPECT_EQ(db.Rows("flags").size(), 25U);
    EXPECT_THAT(db.BatchWriteItem(Batch(26)).error().message,
                HasSubstr("less than or equal to 25"));
    EXPECT_THAT(db.BatchWriteItem(Batch(0)).error().message,
                HasSubstr("greater than or equal to 1"));
    auto twice = Batch(2);
    twice.writes[1] = {BatchWrite::Kind::kDelete, Key("p", "0")};
    EXPECT_EQ(db.BatchWriteItem(twice).error().message,
              "Provided list of item keys contains duplicates");
    auto large = Batch(2);
    large.writes[1].item["item"] = S(std::string(410000, 'x'));
    large.writes[0].item = Key("new", "row");
    EXPECT_EQ(db.BatchWriteItem(large).error().message,
              "Item size has exceeded the maximum allowed size");
    EXPECT_EQ(db.Rows("flags").size(), 25U);  // nothing of a refused batch is written
    auto wrong = Batch(1);
    wrong.writes[0].item = {{"namespace", S("p")}};
    EXPECT_EQ(db.BatchWriteItem(wrong).error().message,
              "The provided key element does not match the schema");
    auto remove = Batch(1);
    remove.writes[0].kind = BatchWrite::Kind::kDelete;
    EXPECT_TRUE(db.BatchWriteItem(remove));
    EXPECT_EQ(db.Rows("flags").size(), 24U);
}

TEST(MemoryBatchTest, ReadsHaveLimits) {
    MemoryDynamoDb db;
    MakeTable(db);
    BatchGetItemRequest request;
    request.table = "flags";
    EXPECT_FALSE(db.BatchGetItem(request));
    for (int i = 0; i < 100; ++i) request.keys.push_back(Key("p", std::to_string(i)));
    Put(db, Key("p", "7"));
    auto const answer = db.BatchGetItem(request);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->items.size(), 1U);
    EXPECT_TRUE(answer->unprocessed_keys.empty());
    request.keys.push_back(Key("p", "100"));
    EXPECT_THAT(db.BatchGetItem(request).error().message, HasSubstr("less than or equal to 100"));
    request.keys = {Key("p", "1"), Key("p", "1")};
    EXPECT_EQ(db.BatchGetItem(request).error().message,
              "Provided list of item keys contains duplicates");
}

TEST(MemoryBatchTest, MoreThanOneMegabyteOfAPartitionStaysUnprocessed) {
    MemoryDynamoDb db;
    MakeTable(db);
    BatchGetItemRequest request;
    request.table = "flags";
    for (int i = 0; i < 5; ++i) {
        Item item = Key("p", std::to_string(i));
        request.keys.push_back(item);
        item["item"] = S(std::string(350000, 'x'));
        Put(db, item);
    }
    std::size_t rounds = 0;
    std::size_t found = 0;
    while (!request.keys.empty()) {
        auto const answer = db.BatchGetItem(request);
        ASSERT_TRUE(answer);
        ASSERT_FALSE(answer->items.empty());
        found += answer->items.size();
        request.keys = answer->unprocessed_keys;
        ++rounds;
    }
    EXPECT_EQ(found, 5U);
    EXPECT_EQ(rounds, 2U);
}

TransactWriteItemsRequest Transaction() {
    TransactWriteItemsRequest request;
    request.table = "flags";
    TransactWrite put;
    put.item = Key("p", "1");
    put.condition_expression = "attribute_not_exists(#n)";
    put.names = {{"#n", "namespace"}};
    request.writes.push_back(put);
    put.item = Key("p", "2");
    request.writes.push_back(put);
    return request;
}

TEST(MemoryBatchTest, TransactionsAreAllOrNothing) {
    MemoryDynamoDb db;
    MakeTable(db);
    Put(db, Key("p", "2"));
    auto const status = db.TransactWriteItems(Transaction());
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kConditionFailed);
    EXPECT_FALSE(status.error().retryable);
    EXPECT_EQ(status.error().service_code, "TransactionCanceledException");
    EXPECT_EQ(
        status.error().message,
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, "
        "ConditionalCheckFailed]");
    EXPECT_EQ(db.Rows("flags").size(), 1U);
    auto checked = Transaction();
    checked.writes[1].kind = TransactWrite::Kind::kConditionCheck;
    checked.writes[1].condition_expression = "attribute_exists(#n)";
    EXPECT_TRUE(db.TransactWriteItems(checked));
    EXPECT_EQ(db.Rows("flags").size(), 2U);
    checked.writes[0].kind = TransactWrite::Kind::kDelete;
    checked.writes[0].condition_expression.clear();
    checked.writes[0].names.clear();
    EXPECT_TRUE(db.TransactWriteItems(checked));
    EXPECT_EQ(db.Rows("flags").size(), 1U);
}

TEST(MemoryBatchTest, TransactionsHaveLimits) {
    MemoryDynamoDb db;
    MakeTable(db);
    TransactWriteItemsRequest request;
    request.table = "flags";
    EXPECT_THAT(db.TransactWriteItems(request).error().message,
                HasSubstr("greater than or equal to 1"));
    for (int i = 0; i < 100; ++i) {
        TransactWrite put;
        put.item = Key("p", std::to_string(i));
        request.writes.push_back(put);
    }
    EXPECT_TRUE(db.TransactWriteItems(request));
    request.writes.push_back(request.writes[0]);
    EXPECT_THAT(db.TransactWriteItems(request).error().message,
                HasSubstr("less than or equal to 100"));
    request.writes.resize(2);
    request.writes[1] = request.writes[0];
    EXPECT_EQ(db.TransactWriteItems(request).error().message,
              "Transaction request cannot include multiple operations on one item");
    request.writes.clear();
    for (int i = 0; i < 12; ++i) {
        TransactWrite put;
        put.item = Key("p", std::to_string(i));
        put.item["item"] = S(std::string(360000, 'x'));
        request.writes.push_back(put);
    }
    EXPECT_THAT(db.TransactWriteItems(request).error().message, HasSubstr("4MB"));
}

TEST(MemoryBatchTest, ATokenMakesATransactionIdempotent) {
    MemoryDynamoDb db;
    MakeTable(db);
    auto request = Transaction();
    request.client_request_token = "token";
    EXPECT_TRUE(db.TransactWriteItems(request));
    EXPECT_TRUE(db.TransactWriteItems(request));  // else its own rows would be in its way
    request.writes.pop_back();
    EXPECT_EQ(db.TransactWriteItems(request).error().service_code,
              "IdempotentParameterMismatchException");
    request.client_request_token = "other";
    EXPECT_FALSE(db.TransactWriteItems(request));
}

TEST(MemoryBatchTest, FaultsFollowTheScript) {
    MemoryDynamoDb db;
    MakeTable(db);
    std::vector<std::string> operations;
    Error throttled;
    throttled.code = ErrorCode::kThrottled;
    throttled.service_code = "ThrottlingException";
    throttled.http_status = 400;
    throttled.message = "slow down";
    MemoryDynamoDb::Fault next;
    db.SetFaults([&](std::string_view operation) -> std::optional<MemoryDynamoDb::Fault> {
        operations.emplace_back(operation);
        return next;
    });
    next.error = throttled;
    PutItemRequest put;
    put.table = "flags";
    put.item = Key("p", "1");
    EXPECT_EQ(db.PutItem(put).error().code, ErrorCode::kThrottled);
    EXPECT_TRUE(db.Rows("flags").empty());
    std::string const wire = Wire(db, "GetItem", "{}", 400);
    EXPECT_THAT(wire, HasSubstr("#ThrottlingException"));
    EXPECT_EQ(Message(wire), "slow down");

    next = {};
    next.error_after = throttled;
    EXPECT_FALSE(db.PutItem(put));
    EXPECT_EQ(db.Rows("flags").size(), 1U);  // done all the same

    next = {};
    next.unprocessed = 2;
    auto const batch = db.BatchWriteItem(Batch(3));
    ASSERT_TRUE(batch);
    ASSERT_EQ(batch->unprocessed.size(), 2U);
    EXPECT_EQ(batch->unprocessed[0].item, Key("p", "1"));
    next.unprocessed = 100;
    EXPECT_EQ(db.BatchWriteItem(Batch(3))->unprocessed.size(), 3U);
    EXPECT_EQ(
        Wire(
            db, "BatchWriteItem",
            R"({"RequestItems":{"flags":[{"DeleteRequest":{"Key":{"namespace":{"S":"p"},"key":{"S":"1"}}}}]}})"),
        R"({"UnprocessedItems":{"flags":[{"DeleteRequest":{"Key":{"key":{"S":"1"},"namespace":{"S":"p"}}}}]}})");
    db.SetFaults(nullptr);
    EXPECT_TRUE(db.BatchWriteItem(Batch(3))->unprocessed.empty());
    EXPECT_EQ(operations,
              (std::vector<std::string>{"PutItem", "GetItem", "PutItem", "BatchWriteItem",
                                        "BatchWriteItem", "BatchWriteItem"}));
}

TEST(MemoryBatchTest, AScriptMayCallOperations) {
    MemoryDynamoDb db;
    MakeTable(db);
    bool inside = false;
    db.SetFaults([&](std::string_view operation) -> std::optional<MemoryDynamoDb::Fault> {
        if (operation == "PutItem" && !inside) {
            inside = true;  // another writer comes first
            Put(db, Key("p", "other"));
            db.SetFaults(nullptr);
        }
        return std::nullopt;
    });
    Put(db, Key("p", "mine"));
    EXPECT_EQ(db.Rows("flags").size(), 2U);
    db.SetFaults([](std::string_view) -> std::optional<MemoryDynamoDb::Fault> {
        throw std::runtime_error("oops");
    });
    EXPECT_EQ(db.DescribeTable("flags").error().code, ErrorCode::kInternal);
}

}  // namespace
}  // namespace lddynamo::test_support
