#include "dynamodb/request_writer.hpp"
#include "dynamodb/response_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace lddynamo::dynamodb {
namespace {

using ::testing::HasSubstr;

Item Key() {
    return {{"key", AttributeValue::S("k")}, {"namespace", AttributeValue::S("n")}};
}
Value Json(std::string_view text) {
    return Value::Parse(text).value();
}

TEST(RequestWriterTest, GetItem) {
    GetItemRequest request;
    request.table = "t";
    request.key = Key();
    EXPECT_EQ(WriteBody(request),
              R"({"TableName":"t","Key":{"key":{"S":"k"},"namespace":{"S":"n"}}})");
    request.consistent_read = true;
    request.projection_expression = "#v";
    request.names = {{"#v", "version"}};
    EXPECT_EQ(
        Json(WriteBody(request)),
        Json(
            R"({"TableName":"t","Key":{"key":{"S":"k"},"namespace":{"S":"n"}},"ConsistentRead":true,
                       "ProjectionExpression":"#v","ExpressionAttributeNames":{"#v":"version"}})"));
}

TEST(RequestWriterTest, Query) {
    QueryRequest request;
    request.table = "a \"table\"";
    request.key_condition_expression = "#n = :n";
    EXPECT_EQ(WriteBody(request),
              R"({"TableName":"a \"table\"","KeyConditionExpression":"#n = :n"})");
    request.filter_expression = "f";
    request.projection_expression = "p";
    request.names = {{"#n", "namespace"}};
    request.values = {{":n", AttributeValue::S("features")}};
    request.consistent_read = true;
    request.limit = 5;
    request.scan_index_forward = false;
    request.exclusive_start_key = Key();
    EXPECT_EQ(Json(WriteBody(request)),
              Json(R"({"TableName":"a \"table\"","KeyConditionExpression":"#n = :n",
        "FilterExpression":"f","ProjectionExpression":"p","ExpressionAttributeNames":{"#n":"namespace"},
        "ExpressionAttributeValues":{":n":{"S":"features"}},"ConsistentRead":true,"Limit":5,
        "ScanIndexForward":false,"ExclusiveStartKey":{"key":{"S":"k"},"namespace":{"S":"n"}}})"));
}

TEST(RequestWriterTest, Scan) {
    ScanRequest request;
    request.table = "t";
    EXPECT_EQ(WriteBody(request), R"({"TableName":"t"})");
    request.filter_expression = "begins_with(#n, :n)";
    request.projection_expression = "#n";
    request.names = {{"#n", "namespace"}};
    request.values = {{":n", AttributeValue::S("a")}};
    request.consistent_read = true;
    request.limit = 7;
    request.total_segments = 2;
    request.exclusive_start_key = Key();
    EXPECT_EQ(Json(WriteBody(request)),
              Json(R"json({"TableName":"t","FilterExpression":"begins_with(#n, :n)",
        "ProjectionExpression":"#n","ExpressionAttributeNames":{"#n":"namespace"},
        "ExpressionAttributeValues":{":n":{"S":"a"}},"ConsistentRead":true,"Limit":7,"Segment":0,
        "TotalSegments":2,"ExclusiveStartKey":{"key":{"S":"k"},"namespace":{"S":"n"}}})json"));
}

TEST(RequestWriterTest, Writes) {
    PutItemRequest put;
    put.table = "t";
    put.item = Key();
    EXPECT_EQ(WriteBody(put),
              R"({"TableName":"t","Item":{"key":{"S":"k"},"namespace":{"S":"n"}}})");
    put.condition_expression = "attribute_not_exists(#k)";
    put.names = {{"#k", "key"}};
    put.values = {{":v", AttributeValue::N("1")}};
    put.return_old_on_condition_failure = true;
    EXPECT_EQ(Json(WriteBody(put)),
              Json(R"json({"TableName":"t","Item":{"key":{"S":"k"},"namespace":{"S":"n"}},
        "ConditionExpression":"attribute_not_exists(#k)","ExpressionAttributeNames":{"#k":"key"},
        "ExpressionAttributeValues":{":v":{"N":"1"}},"ReturnValuesOnConditionCheckFailure":"ALL_OLD"})json"));
    DeleteItemRequest erase;
    erase.table = "t";
    erase.key = Key();
    EXPECT_EQ(WriteBody(erase),
              R"({"TableName":"t","Key":{"key":{"S":"k"},"namespace":{"S":"n"}}})");
}

TEST(RequestWriterTest, Batches) {
    BatchWriteItemRequest write;
    write.table = "t";
    write.writes = {{BatchWrite::Kind::kPut, Key()}, {BatchWrite::Kind::kDelete, Key()}};
    EXPECT_EQ(
        WriteBody(write),
        R"({"RequestItems":{"t":[{"PutRequest":{"Item":{"key":{"S":"k"},"namespace":{"S":"n"}}}},)"
        R"({"DeleteRequest":{"Key":{"key":{"S":"k"},"namespace":{"S":"n"}}}}]}})");
    BatchGetItemRequest get;
    get.table = "t";
    get.keys = {Key(), Key()};
    get.consistent_read = true;
    EXPECT_EQ(WriteBody(get),
              R"({"RequestItems":{"t":{"Keys":[{"key":{"S":"k"},"namespace":{"S":"n"}},)"
              R"({"key":{"S":"k"},"namespace":{"S":"n"}}],"ConsistentRead":true}}})");
}

TEST(RequestWriterTest, Transactions) {
    TransactWriteItemsRequest request;
    request.table = "t";
    request.client_request_token = "token";
    request.writes.resize(3);
    request.writes[0].item = Key();
    request.writes[1].kind = TransactWrite::Kind::kDelete;
    request.writes[2].kind = TransactWrite::Kind::kConditionCheck;
    request.writes[2].condition_expression = "c";
    EXPECT_EQ(Json(WriteBody(request)), Json(R"({"TransactItems":[
        {"Put":{"TableName":"t","Item":{"key":{"S":"k"},"namespace":{"S":"n"}}}},
        {"Delete":{"TableName":"t","Key":{}}},
        {"ConditionCheck":{"TableName":"t","Key":{},"ConditionExpression":"c"}}],
        "ClientRequestToken":"token"})"));
    request.client_request_token.clear();
    std::string const first(Json(WriteBody(request))["ClientRequestToken"].AsString());
    EXPECT_EQ(first.size(), 36U);
    EXPECT_NE(Json(WriteBody(request))["ClientRequestToken"].AsString(), first);
}

TEST(RequestWriterTest, Tables) {
    CreateTableRequest request;
    request.table = "t";
    request.keys.partition_key = "p";
    EXPECT_EQ(
        WriteBody(request),
        R"({"TableName":"t","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],)"
        R"("KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"})");
    request.keys.sort_key = "s";
    request.keys.sort_type = "N";
    EXPECT_EQ(Json(WriteBody(request)), Json(R"({"TableName":"t","AttributeDefinitions":[
        {"AttributeName":"p","AttributeType":"S"},{"AttributeName":"s","AttributeType":"N"}],
        "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}],
        "BillingMode":"PAY_PER_REQUEST"})"));
    EXPECT_EQ(WriteTableName("t"), R"({"TableName":"t"})");
}

TEST(ResponseReaderTest, ReadsWhatIsThere) {
    EXPECT_FALSE(ReadGetItem(Json("{}"))->item);
    EXPECT_FALSE(ReadGetItem(Json(R"({"Item":null,"New":1})"))->item);
    EXPECT_EQ(ReadGetItem(Json(R"({"Item":{"key":{"S":"k"},"namespace":{"S":"n"}}})"))->item,
              Key());

    auto const query = ReadQuery(Json(R"({"Items":[{"a":{"N":"1"}},{}],"Count":2,"ScannedCount":9,
                                          "LastEvaluatedKey":{"key":{"S":"k"},"namespace":{"S":"n"}}})"));
    ASSERT_TRUE(query);
    EXPECT_EQ(query->items.size(), 2U);
    EXPECT_EQ(query->last_evaluated_key, Key());
    EXPECT_TRUE(ReadQuery(Json("{}"))->items.empty());

    auto const get = ReadBatchGetItem(Json(R"({"Responses":{"t":[{"a":{"N":"1"}}],"arn":[{}]},
        "UnprocessedKeys":{"t":{"Keys":[{"key":{"S":"k"},"namespace":{"S":"n"}}]}}})"));
    ASSERT_TRUE(get);
    EXPECT_EQ(get->items.size(), 2U);
    EXPECT_EQ(get->unprocessed_keys, std::vector<Item>{Key()});

    auto const write = ReadBatchWriteItem(Json(R"({"UnprocessedItems":{"t":[
        {"PutRequest":{"Item":{"key":{"S":"k"},"namespace":{"S":"n"}}}},
        {"DeleteRequest":{"Key":{"key":{"S":"k"},"namespace":{"S":"n"}}}}]}})"));
    ASSERT_TRUE(write);
    ASSERT_EQ(write->unprocessed.size(), 2U);
    EXPECT_EQ(write->unprocessed[0].kind, BatchWrite::Kind::kPut);
    EXPECT_EQ(write->unprocessed[1].kind, BatchWrite::Kind::kDelete);
    EXPECT_EQ(write->unprocessed[1].item, Key());
    EXPECT_TRUE(ReadBatchWriteItem(Json("{}"))->unprocessed.empty());
}

TEST(ResponseReaderTest, ReadsTables) {
    auto const table =
        ReadTableDescription(Json(R"({"Table":{"TableName":"t","TableStatus":"ACTIVE",
        "AttributeDefinitions":[{"AttributeName":"s","AttributeType":"N"},{"AttributeName":"p","AttributeType":"B"}],
        "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}],
        "BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST"},"ItemCount":7,"TableSizeBytes":99,
        "TableArn":"arn","CreationDateTime":1.5E9}})"));
    ASSERT_TRUE(table);
    EXPECT_EQ(table->name, "t");
    EXPECT_EQ(table->status, "ACTIVE");
    EXPECT_EQ(table->keys, (KeySchema{"p", "B", "s", "N"}));
    EXPECT_EQ(table->billing_mode, "PAY_PER_REQUEST");
    EXPECT_EQ(table->item_count, 7);
    EXPECT_EQ(table->size_bytes, 99);
    EXPECT_EQ(table->arn, "arn");
    EXPECT_EQ(table->creation_time, 1.5e9);
    auto const bare =
        ReadTableDescription(Json(R"({"TableDescription":{"TableStatus":"CREATING"}})"));
    ASSERT_TRUE(bare);
    EXPECT_EQ(bare->billing_mode, "PROVISIONED");
    EXPECT_EQ(bare->creation_time, std::nullopt);
}

TEST(ResponseReaderTest, RefusesOtherForms) {
    auto const is_bad = [](auto const& result) {
        return !result && result.error().code == ErrorCode::kInvalidData;
    };
    EXPECT_TRUE(is_bad(ReadGetItem(Json(R"({"Item":[]})"))));
    EXPECT_TRUE(is_bad(ReadGetItem(Json(R"({"Item":{"a":1}})"))));
    EXPECT_TRUE(is_bad(ReadQuery(Json(R"({"Items":{}})"))));
    EXPECT_TRUE(is_bad(ReadQuery(Json(R"({"Items":[1]})"))));
    EXPECT_TRUE(is_bad(ReadQuery(Json(R"({"LastEvaluatedKey":[]})"))));
    EXPECT_TRUE(is_bad(ReadBatchGetItem(Json(R"({"Responses":[]})"))));
    EXPECT_TRUE(is_bad(ReadBatchGetItem(Json(R"({"Responses":{"t":1}})"))));
    EXPECT_TRUE(is_bad(ReadBatchGetItem(Json(R"({"UnprocessedKeys":1})"))));
    EXPECT_TRUE(is_bad(ReadBatchGetItem(Json(R"({"UnprocessedKeys":{"t":{"Keys":1}}})"))));
    EXPECT_TRUE(is_bad(ReadBatchWriteItem(Json(R"({"UnprocessedItems":[]})"))));
    EXPECT_TRUE(is_bad(ReadBatchWriteItem(Json(R"({"UnprocessedItems":{"t":{}}})"))));
    EXPECT_TRUE(is_bad(ReadBatchWriteItem(Json(R"({"UnprocessedItems":{"t":[{}]}})"))));
    EXPECT_TRUE(
        is_bad(ReadBatchWriteItem(Json(R"({"UnprocessedItems":{"t":[{"PutRequest":{}}]}})"))));
    EXPECT_TRUE(is_bad(ReadTableDescription(Json("{}"))));
    EXPECT_TRUE(is_bad(ReadTableDescription(Json(R"({"Table":1})"))));
}

}  // namespace
}  // namespace lddynamo::dynamodb
