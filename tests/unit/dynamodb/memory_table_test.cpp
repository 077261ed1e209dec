#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memory_support.hpp"

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace lddynamo::test_support {
namespace {

using ::testing::HasSubstr;

TEST(MemoryTableTest, ConditionalPutsTellTheStoredRow) {
    MemoryDynamoDb db;
    MakeTable(db);
    PutItemRequest put;
    put.table = "flags";
    put.item = Key("features", "f");
    put.item["version"] = N("2");
    put.condition_expression =
        "attribute_not_exists(#namespace) or attribute_not_exists(#key) or :version > #version";
    put.names = {{"#namespace", "namespace"}, {"#key", "key"}, {"#version", "version"}};
    put.values = {{":version", N("2")}};
    put.return_old_on_condition_failure = true;
    EXPECT_FALSE(db.PutItem(put)->condition_failed);
    auto const stale = db.PutItem(put);
    ASSERT_TRUE(stale);
    EXPECT_TRUE(stale->condition_failed);
    EXPECT_EQ(stale->old_item, put.item);
    put.values[":version"] = N("10");  // a number, not text
    put.item["version"] = N("10");
    EXPECT_FALSE(db.PutItem(put)->condition_failed);
    put.return_old_on_condition_failure = false;
    EXPECT_EQ(db.PutItem(put)->old_item, std::nullopt);
    EXPECT_EQ(db.CallCount("PutItem"), 4U);
    EXPECT_EQ(db.CallCount(), 5U);
    EXPECT_EQ(db.Rows("flags").size(), 1U);
    EXPECT_TRUE(db.Rows("other").empty());
}

TEST(MemoryTableTest, KeysAndSizesHaveLimits) {
    MemoryDynamoDb db;
    MakeTable(db);
    auto const put = [&](Item item) {
        PutItemRequest request;
        request.table = "flags";
        request.item = std::move(item);
        auto const result = db.PutItem(request);
        return result ? std::string("ok") : result.error().message;
    };
    EXPECT_EQ(put(Key(std::string(2048, 'p'), std::string(1024, 's'))), "ok");
    EXPECT_THAT(put(Key(std::string(2049, 'p'), "s")), HasSubstr("Size of hashkey has exceeded"));
    EXPECT_THAT(put(Key("p", std::string(1025, 's'))), HasSubstr("size limit of 1024 bytes"));
    EXPECT_THAT(put(Key("", "s")),
                HasSubstr("cannot contain an empty string value. Key: namespace"));
    EXPECT_THAT(put(Key("p", "")), HasSubstr("cannot contain an empty string value. Key: key"));
    EXPECT_THAT(put({{"namespace", S("p")}}), HasSubstr("Missing the key key in the item"));
    EXPECT_THAT(put({{"namespace", S("p")}, {"key", N("1")}}),
                HasSubstr("Type mismatch for key key expected: S actual: N"));

    // 400 KB: names and values. namespace + p + key + s + item = 9 + 1 + 3 + 1 + 4.
    Item item = Key("p", "s");
    item["item"] = S(std::string(409600 - 18, 'x'));
    EXPECT_EQ(put(item), "ok");
    item["item"] = S(std::string(409600 - 17, 'x'));
    EXPECT_EQ(put(item), "Item size has exceeded the maximum allowed size");
    // Bytes, not characters.
    std::string two_bytes;
    for (int i = 0; i < 204791; ++i) two_bytes += "\xC3\xA9";
    item["item"] = S(two_bytes);
    EXPECT_EQ(put(item), "ok");
    item["item"] = S(two_bytes + "x");
    EXPECT_EQ(put(item), "Item size has exceeded the maximum allowed size");
}

TEST(MemoryTableTest, NumbersAreExactAndInOneForm) {
    MemoryDynamoDb db;
    MakeTable(db);
    std::pair<char const*, char const*> const cases[] = {
        {"1.50", "1.5"},
        {"007", "7"},
        {"-0", "0"},
        {"1e3", "1000"},
        {"1E-3", "0.001"},
        {".5", "0.5"},
        {"+3", "3"},
        {"12345678901234567890123456789012345678", "12345678901234567890123456789012345678"},
        {"123456789012345678901234567890123456789",
         "!Attempting to store more than 38 significant digits in a Number"},
        {"9e125", nullptr},
        {"1e126",
         "!Number overflow. Attempting to store a number with magnitude larger than supported "
         "range"},
        {"1e-131",
         "!Number underflow. Attempting to store a number with magnitude smaller than supported "
         "range"},
        {"1e99999999999999999999",
         "!Number overflow. Attempting to store a number with magnitude larger than supported "
         "range"},
        {"", "!The parameter cannot be converted to a numeric value"},
        {"x", "!The parameter cannot be converted to a numeric value: x"},
        {"1e", "!The parameter cannot be converted to a numeric value: 1e"},
    };
    for (auto const& [text, expected] : cases) {
        PutItemRequest request;
        request.table = "flags";
        request.item = Key("p", "s");
        request.item["n"] = N(text);
        auto const result = db.PutItem(request);
        if (expected && *expected == '!') {
            ASSERT_FALSE(result) << text;
            EXPECT_EQ(result.error().message, expected + 1);
            EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
            EXPECT_EQ(result.error().service_code, "ValidationException");
            continue;
        }
        ASSERT_TRUE(result) << text;
        if (expected) {
            EXPECT_EQ(*db.Rows("flags")[0].at("n").AsN(), expected);
        }
    }
}

TEST(MemoryTableTest, NestingEndsAt32Levels) {
    MemoryDynamoDb db;
    MakeTable(db);
    for (int const levels : {31, 32, 33, 100, 400}) {
        AttributeValue value = S("x");
        for (int i = 0; i < levels; ++i) value = AttributeValue::L({value});
        PutItemRequest request;
        request.table = "flags";
        request.item = Key("p", "s");
        request.item["v"] = value;
        EXPECT_EQ(db.PutItem(request).has_value(), levels <= 32) << levels;
    }
    std::string open;
    std::string close;
    for (int i = 0; i < 200; ++i) {
        open += R"({"M":{"a":)";
        close += "}}";
    }
    std::string const item =
        R"({"namespace":{"S":"p"},"key":{"S":"s"},"v":)" + open + R"({"S":"x"})" + close + "}";
    EXPECT_THAT(Message(Wire(db, "PutItem", R"({"TableName":"flags","Item":)" + item + "}", 400)),
                HasSubstr("Nesting Levels have exceeded supported limits"));
    Wire(db, "PutItem", std::string(200000, '['), 400);
}

TEST(MemoryTableTest, QueriesPageAtOneMegabyteBeforeTheFilter) {
    MemoryDynamoDb db;
    MakeTable(db);
    // Each row is 256 KB: 9 + 1 + 3 + 2 + 4 bytes and the text.
    for (int i = 10; i < 14; ++i) {
        Item item = Key("p", std::to_string(i));
        item["item"] = S(std::string(262144 - 19, 'x'));
        Put(db, item);
    }
    QueryRequest query;
    query.table = "flags";
    query.key_condition_expression = "#n = :p";
    query.names = {{"#n", "namespace"}};
    query.values = {{":p", S("p")}};
    auto page = db.Query(query);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->items.size(), 4U);
    EXPECT_EQ(page->last_evaluated_key, Key("p", "13"));  // exactly 1 MB: there may be more
    query.exclusive_start_key = page->last_evaluated_key;
    page = db.Query(query);
    EXPECT_TRUE(page->items.empty());
    EXPECT_TRUE(page->last_evaluated_key.empty());

    // One byte less is no full page.
    Item smaller = Key("p", "13");
    smaller["item"] = S(std::string(262144 - 20, 'x'));
    Put(db, smaller);
    query.exclusive_start_key.clear();
    EXPECT_TRUE(db.Query(query)->last_evaluated_key.empty());

    Put(db, Key("p", "14"));
    query.filter_expression = "attribute_not_exists(item2)";
    query.limit = 2;
    std::vector<std::string> seen;
    do {
        page = db.Query(query);
        ASSERT_TRUE(page);
        for (Item const& item : page->items) seen.push_back(*item.at("key").AsS());
        query.exclusive_start_key = page->last_evaluated_key;
    } while (!query.exclusive_start_key.empty());
    EXPECT_EQ(seen, (std::vector<std::string>{"10", "11", "12", "13", "14"}));
}

TEST(MemoryTableTest, ScansPageFilterAndSplit) {
    MemoryDynamoDb db;
    MakeTable(db);
    std::set<std::string> all;
    for (int i = 0; i < 20; ++i) {
        std::string const ns = "ns" + std::to_string(i % 4);
        Item row = Key(ns, std::to_string(i));
        row.emplace("item", S("x"));
        Put(db, row);
        all.insert(ns + "/" + std::to_string(i));
    }
    auto const walk = [&](ScanRequest request, std::multiset<std::string>& seen) {
        request.table = "flags";
        request.projection_expression = "#n, #k";
        request.names = {{"#n", "namespace"}, {"#k", "key"}};
        for (int page = 0; page < 100; ++page) {
            auto const answer = db.Scan(request);
            ASSERT_TRUE(answer) << answer.error().Describe();
            for (auto const& row : answer->items) {
                EXPECT_EQ(row.size(), 2U) << "the projection leaves keys only";
                seen.insert(*FindAttribute(row, "namespace")->AsS() + "/" +
                            *FindAttribute(row, "key")->AsS());
            }
            if (answer->last_evaluated_key.empty()) return;
            request.exclusive_start_key = answer->last_evaluated_key;
        }
        FAIL() << "the scan does not end";
    };
    std::multiset<std::string> const wanted(all.begin(), all.end());
    std::multiset<std::string> seen;
    walk({.limit = 3}, seen);
    EXPECT_EQ(seen, wanted);

    seen.clear();
    for (int segment = 0; segment < 3; ++segment) {
        walk({.segment = segment, .total_segments = 3}, seen);
    }
    EXPECT_EQ(seen, wanted) << "segments divide the table";

    seen.clear();
    ScanRequest filtered;
    filtered.filter_expression = "#n = :n";
    filtered.values = {{":n", S("ns1")}};
    walk(filtered, seen);
    EXPECT_EQ(seen.size(), 5U);

    EXPECT_EQ(db.Scan({.table = "none"}).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(db.Scan({.table = "flags", .segment = 3, .total_segments = 3}).error().code,
              ErrorCode::kInvalidArgument);
}

TEST(MemoryTableTest, SortKeysHaveRangesAndDirections) {
    MemoryDynamoDb db;
    Wire(
        db, "CreateTable",
        R"({"TableName":"nums","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[)"
        R"({"AttributeName":"p","AttributeType":"S"},{"AttributeName":"n","AttributeType":"N"}],)"
        R"("KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}]})");
    for (char const* n : {"10", "-1.5", "2", "-1", "0", "1e-2", "-20", "100"}) {
        Put(db, {{"p", S("x")}, {"n", N(n)}}, "nums");
    }
    struct Case {
        char const* condition;
        bool forward;
        std::vector<std::string> expected;
    };
    Case const cases[] = {
        {"p = :p", true, {"-20", "-1.5", "-1", "0", "0.01", "2", "10", "100"}},
        {"p = :p", false, {"100", "10", "2", "0.01", "0", "-1", "-1.5", "-20"}},
        {"p = :p AND n > :a", true, {"2", "10", "100"}},
        {"n <= :a AND p = :p", false, {"0.01", "0", "-1", "-1.5", "-20"}},
        {"p = :p AND :a < n", true, {"2", "10", "100"}},
        {"p = :p AND n BETWEEN :a AND :b", true, {"2", "10"}},
        {"p = :p AND n = :b", true, {"10"}},
    };
    for (Case const& c : cases) {
        QueryRequest query;
        query.table = "nums";
        query.key_condition_expression = c.condition;
        query.scan_index_forward = c.forward;
        query.values = {{":p", S("x")}};
        std::string_view const text = c.condition;
        if (text.find(":a") != text.npos) query.values[":a"] = N("1");
        if (text.find(":b") != text.npos) query.values[":b"] = N("10.0");
        if (text.find("<=") != text.npos) query.values[":a"] = N("0.01");
        auto const page = db.Query(query);
        ASSERT_TRUE(page) << page.error().message;
        std::vector<std::string> found;
        for (Item const& item : page->items) found.push_back(*item.at("n").AsN());
        EXPECT_EQ(found, c.expected) << c.condition;
    }
}

TEST(MemoryTableTest, KeyConditionsAreRefused) {
    MemoryDynamoDb db;
    MakeTable(db);
    std::pair<char const*, char const*> const cases[] = {
        {"#n = :p OR #k = :p", "Invalid operator used in KeyConditionExpression: OR"},
        {"#n <> :p AND #k = :p", "Invalid operator used in KeyConditionExpression: <>"},
        {"#n > :p AND #k = :p", "Query key condition not supported"},
        {"#k = :p AND attribute_exists(#n)",
         "Invalid operator used in KeyConditionExpression: attribute_exists"},
        {"#n = :p AND #n = :p AND #k = :p",
         "KeyConditionExpressions must only contain one condition per key"},
        {"#n = :p AND #k.x = :p",
         "KeyConditionExpressions cannot have conditions on nested attributes"},
        {"#n = :p AND size(#k) = :p", "KeyConditionExpressions cannot contain nested operations"},
        {"#n = #k AND #k = :p",
         "Invalid condition in KeyConditionExpression: Multiple attribute names used in one "
         "condition"},
    };
    for (auto const& [condition, message] : cases) {
        QueryRequest query;
        query.table = "flags";
        query.key_condition_expression = condition;
        query.names = {{"#n", "namespace"}, {"#k", "key"}};
        query.values = {{":p", S("p")}};
        auto const page = db.Query(query);
        ASSERT_FALSE(page) << condition;
        EXPECT_EQ(page.error().message, message);
    }
    QueryRequest query;
    query.table = "flags";
    EXPECT_EQ(
        db.Query(query).error().message,
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
        "request.");
    query.limit = -1;
    EXPECT_THAT(db.Query(query).error().message, HasSubstr("greater than or equal to 1"));
}

TEST(MemoryTableTest, TablesAreMadeDescribedAndDeleted) {
    MemoryDynamoDb db;
    EXPECT_EQ(db.DescribeTable("flags").error().code, ErrorCode::kNotFound);
    MakeTable(db);
    auto const table = db.DescribeTable("flags");
    ASSERT_TRUE(table);
    EXPECT_EQ(table->status, "ACTIVE");
    EXPECT_EQ(table->keys, (KeySchema{"namespace", "S", "key", "S"}));
    EXPECT_EQ(table->billing_mode, "PAY_PER_REQUEST");
    CreateTableRequest again;
    again.table = "flags";
    again.keys = table->keys;
    EXPECT_EQ(db.CreateTable(again).error().code, ErrorCode::kAlreadyExists);
    again.table = "x y";
    EXPECT_EQ(db.CreateTable(again).error().code, ErrorCode::kInvalidArgument);
    again.table = "other";
    again.keys.partition_type = "L";
    EXPECT_EQ(db.CreateTable(again).error().code, ErrorCode::kInvalidArgument);
    EXPECT_TRUE(db.DeleteTable("flags"));
    EXPECT_EQ(db.DeleteTable("flags").error().code, ErrorCode::kNotFound);
    GetItemRequest get;
    get.table = "flags";
    get.key = Key("a", "b");
    EXPECT_EQ(db.GetItem(get).error().service_code, "ResourceNotFoundException");
}

TEST(MemoryTableTest, ThreadsMayShareIt) {
    MemoryDynamoDb db;
    MakeTable(db);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&db, t] {
            for (int i = 0; i < 50; ++i) {
                Put(db, Key("p", std::to_string(t) + "-" + std::to_string(i)));
                EXPECT_FALSE(db.Rows("flags").empty());
                db.SetFaults(nullptr);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(db.Rows("flags").size(), 200U);
    EXPECT_EQ(db.CallCount("PutItem"), 200U);
}

}  // namespace
}  // namespace lddynamo::test_support
