#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memory_support.hpp"

namespace lddynamo::test_support {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kArn[] = "arn:aws:dynamodb:us-east-1:000000000000:table/flags";

TEST(MemorySettingsTest, UpdateTableChangesBillingAndProtection) {
    MemoryDynamoDb db;
    MakeTable(db);
    auto const update = [&](std::string const& members, int status = 200) {
        return Wire(db, "UpdateTable", R"({"TableName":"flags",)" + members + "}", status);
    };
    EXPECT_THAT(Message(update(R"("AttributeDefinitions":[])", 400)),
                StartsWith("At least one of ProvisionedThroughput, BillingMode, "));
    EXPECT_THAT(Message(update(R"("BillingMode":"PROVISIONED")", 400)),
                HasSubstr("must both be specified when BillingMode is PROVISIONED"));
    EXPECT_THAT(
        Message(update(R"("ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1})",
                       400)),
        HasSubstr("can be specified when BillingMode is PAY_PER_REQUEST"));
    std::string const provisioned =
        R"("BillingMode":"PROVISIONED",)"
        R"("ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":6})";
    auto const table = Value::Parse(update(provisioned)).value()["TableDescription"];
    EXPECT_EQ(table["TableStatus"].AsString(), "ACTIVE");
    EXPECT_EQ(table["ProvisionedThroughput"]["ReadCapacityUnits"].AsDouble(), 5);
    EXPECT_EQ(table["ProvisionedThroughput"]["WriteCapacityUnits"].AsDouble(), 6);
    EXPECT_TRUE(table["BillingModeSummary"].IsNull());
    EXPECT_THAT(Message(update(provisioned, 400)),
                StartsWith("The provisioned throughput for the table will not change. "));
    EXPECT_THAT(update(R"("BillingMode":"PAY_PER_REQUEST")"), HasSubstr("PAY_PER_REQUEST"));

    EXPECT_THAT(update(R"("DeletionProtectionEnabled":true)"),
                HasSubstr(R"("DeletionProtectionEnabled":true)"));
    EXPECT_THAT(Message(Wire(db, "DeleteTable", R"({"TableName":"flags"})", 400)),
                HasSubstr("protected against deletion"));
    update(R"("DeletionProtectionEnabled":false)");
    EXPECT_THAT(Message(update(R"("GlobalSecondaryIndexUpdates":[{"Create":{}}])", 400)),
                HasSubstr("Secondary indexes are not supported"));
    Wire(db, "DeleteTable", R"({"TableName":"flags"})");
    EXPECT_EQ(Message(update(provisioned, 400)),
              "Requested resource not found: Table: flags not found");
    MakeTable(db);  // at once
}

TEST(MemorySettingsTest, TimeToLiveIsRemembered) {
    MemoryDynamoDb db;
    MakeTable(db);
    std::string const describe = R"({"TableName":"flags"})";
    auto const update = [&](std::string const& attribute, std::string const& enabled,
                            int status = 200) {
        return Wire(db, "UpdateTimeToLive",
                    R"({"TableName":"flags","TimeToLiveSpecification":{"AttributeName":")" +
                        attribute + R"(","Enabled":)" + enabled + "}}",
                    status);
    };
    EXPECT_EQ(Wire(db, "DescribeTimeToLive", describe),
              R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})");
    EXPECT_EQ(Message(update("ttl", "false", 400)), "TimeToLive is already disabled");
    EXPECT_EQ(update("ttl", "true"),
              R"({"TimeToLiveSpecification":{"AttributeName":"ttl","Enabled":true}})");
    EXPECT_EQ(Wire(db, "DescribeTimeToLive", describe),
              R"({"TimeToLiveDescription":{"AttributeName":"ttl","TimeToLiveStatus":"ENABLED"}})");
    EXPECT_EQ(Message(update("ttl", "true", 400)), "TimeToLive is already enabled");
    EXPECT_EQ(Message(update("other", "true", 400)),
              "TimeToLive is active on a different AttributeName: current AttributeName is ttl");
    update("ttl", "false");
    EXPECT_THAT(Wire(db, "DescribeTimeToLive", describe), HasSubstr("DISABLED"));
    EXPECT_EQ(Message(Wire(db, "DescribeTimeToLive", R"({"TableName":"none"})", 400)),
              "Requested resource not found: Table: none not found");
}

TEST(MemorySettingsTest, TagsComeAndGo) {
    MemoryDynamoDb db;
    MakeTable(db);
    std::string const arn = std::string(R"({"ResourceArn":")") + kArn + "\"";
    EXPECT_EQ(Wire(db, "ListTagsOfResource", arn + "}"), R"({"Tags":[]})");
    EXPECT_EQ(Wire(db, "TagResource",
                   arn + R"(,"Tags":[{"Key":"b","Value":"2"},{"Key":"a","Value":""}]})"),
              "");
    Wire(db, "TagResource", arn + R"(,"Tags":[{"Key":"b","Value":"3"}]})");
    EXPECT_EQ(Wire(db, "ListTagsOfResource", arn + "}"),
              R"({"Tags":[{"Key":"a","Value":""},{"Key":"b","Value":"3"}]})");
    Wire(db, "UntagResource", arn + R"(,"TagKeys":["a","none"]})");
    EXPECT_EQ(Wire(db, "ListTagsOfResource", arn + "}"), R"({"Tags":[{"Key":"b","Value":"3"}]})");
    std::string many;
    for (int i = 0; i < 50; ++i) {
        many += (i ? "," : "") + (R"({"Key":"k)" + std::to_string(i) + R"(","Value":"v"})");
    }
    EXPECT_THAT(Message(Wire(db, "TagResource", arn + R"(,"Tags":[)" + many + "]}", 400)),
                HasSubstr("Too many tags"));
    EXPECT_THAT(Message(Wire(db, "ListTagsOfResource", R"({"ResourceArn":"flags"})", 400)),
                StartsWith("Invalid TableArn"));
    EXPECT_THAT(Message(Wire(db, "ListTagsOfResource",
                             R"({"ResourceArn":"arn:aws:dynamodb:eu-west-1:1:table/flags"})", 400)),
                StartsWith("Requested resource not found: ResourcArn"));
}

TEST(MemorySettingsTest, TellsItsLimits) {
    MemoryDynamoDb db;
    EXPECT_THAT(Wire(db, "DescribeLimits", "{}"),
                HasSubstr(R"("TableMaxReadCapacityUnits":40000)"));
}

/// The units that an operation says it took.
double Units(MemoryDynamoDb& db, std::string const& operation, std::string body) {
    body.insert(1, R"("ReturnConsumedCapacity":"TOTAL",)");
    auto const json = Value::Parse(Wire(db, operation, body)).value();
    Value const capacity = json["ConsumedCapacity"];
    return (capacity.IsArray() ? capacity.AsArray().at(0) : capacity)["CapacityUnits"].AsDouble();
}

TEST(MemorySettingsTest, CapacityIsCountedAsTheServiceDoes) {
    MemoryDynamoDb db;
    MakeTable(db);
    // 9 + 1 + 3 + 1 + 1 bytes and the text: 4097 bytes in all, so 5 writes, and 2 blocks to read.
    std::string const key = R"({"namespace":{"S":"n"},"key":{"S":"k"})";
    std::string const item = key + R"(,"v":{"S":")" + std::string(4097 - 15, 'x') + "\"}}";
    std::string const table = R"({"TableName":"flags",)";
    EXPECT_EQ(Units(db, "PutItem", table + R"("Item":)" + item + "}"), 5);
    std::string const get = table + R"("Key":)" + key + "}";
    EXPECT_EQ(Units(db, "GetItem", get + "}"), 1);
    EXPECT_EQ(Units(db, "GetItem", get + R"(,"ConsistentRead":true})"), 2);
    EXPECT_EQ(Units(db, "GetItem", get + R"(,"ProjectionExpression":"v","ConsistentRead":true})"),
              2);
    EXPECT_EQ(Units(db, "GetItem", table + R"("Key":{"namespace":{"S":"n"},"key":{"S":"none"}}})"),
              0.5);
    // The larger of old and new.
    EXPECT_EQ(Units(db, "UpdateItem", get + R"(,"UpdateExpression":"REMOVE v"})"), 5);
    EXPECT_EQ(Units(db, "PutItem", table + R"("Item":)" + item + "}"), 5);
    std::string small = item;
    small.replace(small.find("\"k\""), 3, "\"l\"");
    Wire(db, "PutItem", table + R"("Item":)" + small + "}");
    // Sums, then rounds: 8194 bytes are 3 blocks.
    std::string const query =
        table + R"("KeyConditionExpression":"namespace = :n","ExpressionAttributeValues":)"
                R"({":n":{"S":"n"}})";
    EXPECT_EQ(Units(db, "Query", query + R"(,"ConsistentRead":true})"), 3);
    EXPECT_EQ(Units(db, "Query", query + R"(,"Select":"COUNT"})"), 1.5);
    EXPECT_EQ(Units(db, "Scan", R"({"TableName":"flags"})"), 1.5);
    std::string const keys = R"({"RequestItems":{"flags":{"Keys":[)" + key +
                             R"(},{"namespace":{"S":"n"},"key":{"S":"none"}}]}}})";
    EXPECT_EQ(Units(db, "BatchGetItem", keys), 1.5);
    EXPECT_EQ(
        Units(db, "BatchWriteItem",
              R"({"RequestItems":{"flags":[{"PutRequest":{"Item":)" + item +
                  R"(}},{"DeleteRequest":{"Key":{"namespace":{"S":"n"},"key":{"S":"none"}}}}]}})"),
        6);
    std::string const writes = R"({"ClientRequestToken":"t","TransactItems":[{"Put":)" + table +
                               R"("Item":)" + item + "}}]}";
    EXPECT_EQ(Units(db, "TransactWriteItems", writes), 10);
    EXPECT_EQ(Units(db, "TransactWriteItems", writes), 4);  // the same again is only read
    std::string const reads = R"({"TransactItems":[{"Get":)" + get + "}}]}";
    EXPECT_EQ(Units(db, "TransactGetItems", reads), 4);
    EXPECT_THAT(
        Wire(db, "TransactGetItems", R"({"ReturnConsumedCapacity":"INDEXES",)" + reads.substr(1)),
        StartsWith(R"({"ConsumedCapacity":[{"CapacityUnits":4,"ReadCapacityUnits":4,)"
                   R"("TableName":"flags","Table":{"CapacityUnits":4,)"));
    EXPECT_EQ(Units(db, "DeleteItem", get + "}"), 5);
}

}  // namespace
}  // namespace lddynamo::test_support
