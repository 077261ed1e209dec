#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memory_support.hpp"

#include <zlib.h>

namespace lddynamo::test_support {
namespace {

using ::testing::HasSubstr;

TEST(MemoryWireTest, AnswersCarryTheServicesHeaders) {
    MemoryDynamoDb db;
    auto const response = db.HandleWire("DynamoDB_20120810.ListTables", "{}");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, R"({"TableNames":[]})");
    std::map<std::string, std::string> const headers(response.headers.begin(),
                                                     response.headers.end());
    EXPECT_EQ(headers.at("Content-Type"), "application/x-amz-json-1.0");
    EXPECT_EQ(headers.at("x-amzn-RequestId").size(), 36U);
    auto const crc = crc32(0, reinterpret_cast<Bytef const*>(response.body.data()),
                           static_cast<uInt>(response.body.size()));
    EXPECT_EQ(headers.at("x-amz-crc32"), std::to_string(crc));
}

TEST(MemoryWireTest, MalformedRequestsAreRefused) {
    MemoryDynamoDb db;
    MakeTable(db);
    struct Case {
        char const* target;
        std::string body;
        char const* type;
        char const* message;
    };
    std::string const coral = "com.amazon.coral.service#";
    Case const cases[] = {
        {"DynamoDB_20120810.GetItem", "{", "SerializationException", ""},
        {"DynamoDB_20120810.GetItem", "", "SerializationException", ""},
        {"DynamoDB_20120810.GetItem", "[]", "SerializationException", ""},
        {"DynamoDB_20120810.GetItem", "null", "SerializationException", ""},
        {"DynamoDB_20120810.GetItem", "\"x\"", "SerializationException", ""},
        {"DynamoDB_20120810.GetItem", std::string("{\"\xff\":1}"), "SerializationException", ""},
        {"DynamoDB_20120810.Fly", "{}", "UnknownOperationException", ""},
        {"DynamoDB_20111205.GetItem", "{}", "UnknownOperationException", ""},
        {"GetItem", "{}", "UnknownOperationException", ""},
        {"", "{}", "UnknownOperationException", ""},
        {"DynamoDB_20120810.GetItem", R"({"TableName":5})", "SerializationException",
         "NUMBER_VALUE cannot be converted to String"},
        {"DynamoDB_20120810.GetItem", R"({"TableName":1.5})", "SerializationException",
         "DECIMAL_VALUE cannot be converted to String"},
        {"DynamoDB_20120810.GetItem", R"({"TableName":["a"]})", "SerializationException",
         "Unrecognized collection type class java.lang.String"},
        {"DynamoDB_20120810.GetItem", R"({"TableName":{}})", "SerializationException",
         "Start of structure or map found where not expected"},
        {"DynamoDB_20120810.GetItem", R"({"Key":"x"})", "SerializationException",
         "Unexpected field type"},
        {"DynamoDB_20120810.GetItem", R"({"Key":{"a":"x"}})", "SerializationException",
         "Unexpected value type in payload"},
        {"DynamoDB_20120810.GetItem", R"({"Key":{"a":{"B":"x"}}})", "SerializationException",
         "Base64 encoded length is expected a multiple of 4 bytes but found: 1"},
        {"DynamoDB_20120810.GetItem", R"({"ConsistentRead":"maybe"})", "SerializationException",
         "Unexpected token received from parser"},
        {"DynamoDB_20120810.Query", R"({"Limit":"1"})", "SerializationException",
         "STRING_VALUE cannot be converted to Integer"},
    };
    for (Case const& c : cases) {
        auto const response = db.HandleWire(c.target, c.body);
        EXPECT_EQ(response.status, 400) << c.body;
        EXPECT_THAT(response.body, HasSubstr("\"__type\":\"" + coral + c.type + "\"")) << c.body;
        EXPECT_EQ(Message(response.body), c.message) << c.body;
    }
    EXPECT_EQ(db.HandleWire("DynamoDB_20120810.GetItem", std::string((16U << 20U) + 1, ' ')).status,
              413);
}

TEST(MemoryWireTest, ConstraintsAreReportedTogether) {
    MemoryDynamoDb db;
    EXPECT_EQ(
        Wire(db, "GetItem", R"({"TableName":"a;","ReturnConsumedCapacity":"x"})", 400),
        R"({"__type":"com.amazon.coral.validate#ValidationException","message":"4 validation )"
        R"(errors detected: Value 'x' at 'returnConsumedCapacity' failed to satisfy constraint: )"
        R"(Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; Value 'a;' at 'tableName' )"
        R"(failed to satisfy constraint: Member must satisfy regular expression pattern: )"
        R"([a-zA-Z0-9_.-]+; Value 'a;' at 'tableName' failed to satisfy constraint: Member must )"
        R"(have length greater than or equal to 3; Value null at 'key' failed to satisfy )"
        R"(constraint: Member must not be null"})");
    EXPECT_EQ(Message(Wire(db, "DescribeTable", "{}", 400)),
              "The parameter 'TableName' is required but was not present in the request");
    EXPECT_EQ(
        Message(Wire(db, "BatchWriteItem", R"({"RequestItems":{}})", 400)),
        "1 validation error detected: Value '{}' at 'requestItems' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1");
    EXPECT_EQ(
        Message(Wire(db, "TransactWriteItems", R"({"TransactItems":[]})", 400)),
        "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1");
}

TEST(MemoryWireTest, AttributeValuesAreChecked) {
    MemoryDynamoDb db;
    MakeTable(db);
    std::pair<char const*, char const*> const cases[] = {
        {"{}",
         "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
        {"null",
         "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
        {R"({"S":"a","N":"1"})",
         "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
         "supported datatypes"},
        {R"({"NULL":false})",
         "One or more parameter values were invalid: Null attribute value types must have the "
         "value of "
         "true"},
        {R"({"SS":[]})",
         "One or more parameter values were invalid: An string set  may not be empty"},
        {R"({"SS":["a","a"]})",
         "One or more parameter values were invalid: Input collection [a, a] contains duplicates."},
        {R"({"NS":["1","1.0"]})", "Input collection contains duplicates"},
        {R"({"L":[{"M":{"x":{}}}]})",
         "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
    };
    for (auto const& [value, message] : cases) {
        std::string const item =
            std::string(R"({"namespace":{"S":"p"},"key":{"S":"s"},"v":)") + value + "}";
        EXPECT_EQ(Message(Wire(db, "PutItem", R"({"TableName":"flags","Item":)" + item + "}", 400)),
                  message)
            << value;
    }
}

TEST(MemoryWireTest, SpeaksAsOfficialStoresDo) {
    MemoryDynamoDb db;
    MakeTable(db);
    // Go and Python: batches, an older key condition, consistent reads.
    Wire(db, "BatchWriteItem",
         R"({"RequestItems":{"flags":[{"PutRequest":{"Item":{"namespace":{"S":"features"},)"
         R"("key":{"S":"f1"},"version":{"N":"1"},"item":{"S":"{}"}}}},{"PutRequest":{"Item":{)"
         R"("namespace":{"S":"$inited"},"key":{"S":"$inited"}}}}]}})");
    EXPECT_EQ(Wire(db, "Query",
                   R"({"TableName":"flags","ConsistentRead":true,"KeyConditions":{"namespace":{)"
                   R"("ComparisonOperator":"EQ","AttributeValueList":[{"S":"features"}]}}})"),
              R"({"Items":[{"item":{"S":"{}"},"key":{"S":"f1"},"namespace":{"S":"features"},)"
              R"("version":{"N":"1"}}],"Count":1,"ScannedCount":1})");
    EXPECT_EQ(
        Wire(db, "Query",
             R"({"TableName":"flags","KeyConditions":{"namespace":{"ComparisonOperator":"EQ",)"
             R"("AttributeValueList":[{"S":"features"}]}},"ProjectionExpression":"#k",)"
             R"("ExpressionAttributeNames":{"#k":"key"},"ReturnConsumedCapacity":"TOTAL"})"),
        R"({"Items":[{"key":{"S":"f1"}}],"Count":1,"ScannedCount":1,"ConsumedCapacity":{)"
        R"("CapacityUnits":0.5,"TableName":"flags"}})");
    EXPECT_EQ(
        Wire(db, "GetItem",
             R"({"TableName":"flags","ConsistentRead":true,"Key":{"namespace":{"S":"$inited"},)"
             R"("key":{"S":"$inited"}}})"),
        R"({"Item":{"key":{"S":"$inited"},"namespace":{"S":"$inited"}}})");
    std::string const put =
        R"({"TableName":"flags","Item":{"namespace":{"S":"features"},"key":{"S":"f1"},)"
        R"("version":{"N":"1"},"item":{"S":"{}"}},"ConditionExpression":)"
        R"("attribute_not_exists(#namespace) or attribute_not_exists(#key) or :version > #version",)"
        R"("ExpressionAttributeNames":{"#namespace":"namespace","#key":"key","#version":"version"},)"
        R"("ExpressionAttributeValues":{":version":{"N":"1"}})";
    EXPECT_EQ(Wire(db, "PutItem", put + "}", 400),
              R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",)"
              R"("message":"The conditional request failed"})");
    EXPECT_THAT(
        Wire(db, "PutItem", put + R"(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD"})", 400),
        HasSubstr(R"("Item":{"item":{"S":"{}"},"key":{"S":"f1"})"));
    // The older Expected.
    EXPECT_THAT(
        Wire(
            db, "PutItem",
            R"({"TableName":"flags","Item":{"namespace":{"S":"features"},"key":{"S":"f1"}},)"
            R"("Expected":{"version":{"ComparisonOperator":"LT","AttributeValueList":[{"N":"1"}]}}})",
            400),
        HasSubstr("ConditionalCheckFailedException"));
    EXPECT_EQ(Wire(db, "DeleteItem",
                   R"({"TableName":"flags","Key":{"namespace":{"S":"features"},"key":{"S":"f1"}},)"
                   R"("ReturnValues":"ALL_OLD"})"),
              R"({"Attributes":{"item":{"S":"{}"},"key":{"S":"f1"},"namespace":{"S":"features"},)"
              R"("version":{"N":"1"}}})");
}

TEST(MemoryWireTest, CancellationReasonsAreInOrder) {
    MemoryDynamoDb db;
    MakeTable(db);
    Put(db, Key("p", "1"));
    EXPECT_EQ(
        Wire(
            db, "TransactWriteItems",
            R"({"TransactItems":[{"Put":{"TableName":"flags","Item":{"namespace":{"S":"p"},"key":{"S":"0"}}}},)"
            R"({"Put":{"TableName":"flags","Item":{"namespace":{"S":"p"},"key":{"S":"1"}},)"
            R"("ConditionExpression":"version = x",)"
            R"("ReturnValuesOnConditionCheckFailure":"ALL_OLD"}}]})",
            400),
        R"({"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":)"
        R"("Transaction cancelled, please refer cancellation reasons for specific reasons [None, )"
        R"(ConditionalCheckFailed]","CancellationReasons":[{"Code":"None"},{"Code":)"
        R"("ConditionalCheckFailed","Message":"The conditional request failed","Item":{"key":{"S":"1"},)"
        R"("namespace":{"S":"p"}}}]})");
    EXPECT_EQ(Wire(db, "TransactGetItems",
                   R"({"TransactItems":[{"Get":{"TableName":"flags","Key":{"namespace":{"S":"p"},)"
                   R"("key":{"S":"1"}}}},{"Get":{"TableName":"flags","Key":{"namespace":{"S":"p"},)"
                   R"("key":{"S":"9"}}}}]})"),
              R"({"Responses":[{"Item":{"key":{"S":"1"},"namespace":{"S":"p"}}},{}]})");
}

TEST(MemoryWireTest, AnyPrefixOfARequestIsAnswered) {
    MemoryDynamoDb db;
    MakeTable(db);
    std::string const body =
        R"({"TableName":"flags","KeyConditionExpression":"#n = :p AND #k >= :k",)"
        R"("ExpressionAttributeNames":{"#n":"namespace","#k":"key"},"ExpressionAttributeValues":)"
        R"({":p":{"S":"\u00e9"},":k":{"S":"k"}},"ExclusiveStartKey":{"namespace":{"S":"x"}},"Limit":1})";
    for (std::size_t i = 0; i < body.size(); ++i) {
        for (char const* operation : {"Query", "PutItem", "TransactWriteItems"}) {
            auto const response =
                db.HandleWire(std::string("DynamoDB_20120810.") + operation, body.substr(0, i));
            EXPECT_EQ(response.status, 400);
            EXPECT_TRUE(Value::Parse(response.body));
        }
    }
}

}  // namespace
}  // namespace lddynamo::test_support
