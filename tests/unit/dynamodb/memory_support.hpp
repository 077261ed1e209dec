/// @file
/// What the tests of the in-memory DynamoDB share.
#pragma once

#include <lddynamo/testing/memory_dynamodb.hpp>
#include <lddynamo/value.hpp>

#include <string>
#include <utility>

namespace lddynamo::test_support {

inline AttributeValue S(std::string text) {
    return AttributeValue::S(std::move(text));
}
inline AttributeValue N(std::string text) {
    return AttributeValue::N(std::move(text));
}

/// The key of a row of the table that MakeTable makes.
inline Item Key(std::string partition, std::string sort) {
    return {{"namespace", S(std::move(partition))}, {"key", S(std::move(sort))}};
}

inline void MakeTable(MemoryDynamoDb& db, std::string const& name = "flags") {
    CreateTableRequest request;
    request.table = name;
    request.keys = {"namespace", "S", "key", "S"};
    ASSERT_TRUE(db.CreateTable(request));
}

inline void Put(MemoryDynamoDb& db, Item item, std::string const& table = "flags") {
    PutItemRequest request;
    request.table = table;
    request.item = std::move(item);
    auto const result = db.PutItem(request);
    ASSERT_TRUE(result) << result.error().Describe();
}

/// An operation in JSON; the answer's body.
inline std::string Wire(MemoryDynamoDb& db, std::string const& operation, std::string const& body,
                        int status = 200) {
    HttpResponse const response = db.HandleWire("DynamoDB_20120810." + operation, body);
    EXPECT_EQ(response.status, status) << operation << ' ' << body.substr(0, 500) << '\n'
                                       << response.body.substr(0, 1000);
    return response.body;
}

/// The message of a refusal, "" when there is none.
inline std::string Message(std::string const& body) {
    auto const json = Value::Parse(body);
    if (!json) return "no JSON: " + body;
    Value const* message = json->Find("message");
    if (!message) message = json->Find("Message");
    return message ? std::string(message->AsString()) : std::string();
}

}  // namespace lddynamo::test_support
