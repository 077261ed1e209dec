#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memory_support.hpp"

// What the differential test of tests/peers found, as AWS (or two of its imitations) has it.

namespace lddynamo::test_support {
namespace {

using ::testing::HasSubstr;

std::string UpdateMessage(MemoryDynamoDb& db, std::string const& expression,
                          std::string const& more = {}) {
    return Message(Wire(db, "UpdateItem",
                        R"({"TableName":"flags","Key":{"namespace":{"S":"a"},"key":{"S":"b"}},)"
                        R"("UpdateExpression":")" +
                            expression + "\"" + more + "}",
                        400));
}

TEST(MemoryPeersTest, AnOverlapOfPathsIsReportedBeforeAConflict) {
    MemoryDynamoDb db;
    MakeTable(db);
    EXPECT_EQ(UpdateMessage(db, "REMOVE n[1], n.a, n[1]"),
              "Invalid UpdateExpression: Two document paths overlap with each other; must remove "
              "or rewrite one of these paths; path one: [n, [1]], path two: [n, [1]]");
    EXPECT_EQ(UpdateMessage(db, "REMOVE n[1], n.a"),
              "Invalid UpdateExpression: Two document paths conflict with each other; must remove "
              "or rewrite one of these paths; path one: [n, [1]], path two: [n, a]");
}

TEST(MemoryPeersTest, TheFirstActionAtFaultIsReported) {
    MemoryDynamoDb db;
    MakeTable(db);
    Item row = Key("a", "b");
    row.emplace("x", S("text"));
    row.emplace("y", S("text"));
    Put(db, row);
    std::string const value = R"(,"ExpressionAttributeValues":{":v":{"N":"1"}})";
    EXPECT_EQ(UpdateMessage(db, "ADD y.z :v, x :v", value),
              "The document path provided in the update expression is invalid for update");
    EXPECT_EQ(UpdateMessage(db, "ADD x :v REMOVE y.z", value),
              "An operand in the update expression has an incorrect data type");
    // Values are looked up before anything else.
    EXPECT_EQ(UpdateMessage(db, "ADD x :v SET z = nothing", value),
              "The provided expression refers to an attribute that does not exist in the item");
}

TEST(MemoryPeersTest, ArithmeticIsNoArgument) {
    MemoryDynamoDb db;
    MakeTable(db);
    EXPECT_THAT(UpdateMessage(db, "SET s = if_not_exists(a-b, c)"), HasSubstr("Syntax error"));
    EXPECT_THAT(UpdateMessage(db, "SET s = list_append(a + b, c)"), HasSubstr("Syntax error"));
}

TEST(MemoryPeersTest, NamesAreMissedBeforeValues) {
    MemoryDynamoDb db;
    MakeTable(db);
    EXPECT_EQ(UpdateMessage(db, "SET a = :v, b = #n"),
              "Invalid UpdateExpression: An expression attribute name used in the document path is "
              "not defined; attribute name: #n");
}

TEST(MemoryPeersTest, ASectionsNameIsNoAttribute) {
    MemoryDynamoDb db;
    MakeTable(db);
    EXPECT_THAT(UpdateMessage(db, "REMOVE REMOVE"), HasSubstr("Syntax error"));
    EXPECT_THAT(UpdateMessage(db, "SET remove = a"), HasSubstr("Syntax error"));
}

TEST(MemoryPeersTest, AScanLooksAtAttributesBeforeItsFilter) {
    MemoryDynamoDb db;
    MakeTable(db);
    EXPECT_EQ(Message(Wire(db, "Scan",
                           R"({"TableName":"flags","AttributesToGet":["x","x"],)"
                           R"("ScanFilter":{"l":{"ComparisonOperator":"EQ"}}})",
                           400)),
              "One or more parameter values were invalid: Duplicate value in attribute name: x");
}

TEST(MemoryPeersTest, AQueryOfSortKeysDoesNotGoOnInAnotherPartition) {
    MemoryDynamoDb db;
    MakeTable(db);
    EXPECT_EQ(Message(Wire(db, "Query",
                           R"({"TableName":"flags","KeyConditionExpression":"#n = :n AND #k < :k",)"
                           R"("ExpressionAttributeNames":{"#n":"namespace","#k":"key"},)"
                           R"("ExpressionAttributeValues":{":n":{"S":"a"},":k":{"S":"c"}},)"
                           R"("ExclusiveStartKey":{"namespace":{"S":"b"},"key":{"S":"b"}}})",
                           400)),
              "The query can return at most one row and cannot be restarted");
}

TEST(MemoryPeersTest, ValuesOfAReadThatHasNoneArePassedOver) {
    MemoryDynamoDb db;
    MakeTable(db);
    EXPECT_EQ(Wire(db, "GetItem",
                   R"({"TableName":"flags","Key":{"namespace":{"S":"a"},"key":{"S":"b"}},)"
                   R"("ExpressionAttributeValues":{":unused":{"S":"a"}}})"),
              "{}");
    EXPECT_EQ(Wire(db, "BatchGetItem",
                   R"({"RequestItems":{"flags":{"Keys":[{"namespace":{"S":"a"},"key":{"S":"b"}}],)"
                   R"("ExpressionAttributeValues":{}}}})"),
              R"({"Responses":{"flags":[]},"UnprocessedKeys":{}})");
}

}  // namespace
}  // namespace lddynamo::test_support
