#include "store/survey.hpp"

#include "store/item_codec.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_dynamodb_client.hpp"

#include <lddynamo/testing/memory_dynamodb.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo::store {
namespace {

using test_support::FakeClock;
using test_support::FakeDynamoDbClient;
using test_support::MemoryDynamoDb;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char const* kTable = "flags";
using What = ForeignRows::What;

AttributeValue S(std::string text) {
    return AttributeValue::S(std::move(text));
}
AttributeValue N(std::int64_t number) {
    return AttributeValue::N(number);
}

class SurveyTest : public ::testing::Test {
  protected:
    void SetUp() override {
        CreateTableRequest create;
        create.table = kTable;
        create.keys = {.partition_key = "namespace", .sort_key = "key"};
        ASSERT_TRUE(db_->CreateTable(create));
    }
    void Put(std::string ns, std::string key, Item attributes = {}) {
        attributes.emplace("namespace", S(std::move(ns)));
        attributes.emplace("key", S(std::move(key)));
        auto const put = db_->PutItem({.table = kTable, .item = std::move(attributes)});
        ASSERT_TRUE(put) << put.error().Describe();
    }
    /// A row as the official SDKs write it.
    void PutItem(std::string ns, std::string key, std::string json, std::int64_t version = 1) {
        Put(std::move(ns), std::move(key), {{"version", N(version)}, {"item", S(std::move(json))}});
    }
    Survey Look(std::size_t max_rows = 1000, std::string prefix = "a") {
        auto survey =
            SurveyTable(*db_, {.table = kTable, .prefix = std::move(prefix), .max_rows = max_rows});
        EXPECT_TRUE(survey) << survey.error().Describe();
        return survey.value_or(Survey{});
    }

    std::shared_ptr<MemoryDynamoDb> db_ = std::make_shared<MemoryDynamoDb>();
};

TEST_F(SurveyTest, EmptyTable) {
    auto const survey = Look();
    EXPECT_FALSE(survey.initialized);
    EXPECT_EQ(survey.rows + survey.scanned, 0U);
    EXPECT_FALSE(survey.rows_cut || survey.scan_cut || survey.scan_error);
    EXPECT_THAT(survey.foreign, IsEmpty());
}

TEST_F(SurveyTest, CountsKindsLayoutsAndTombstones) {
    Put("a:$inited", "a:$inited");
    PutItem("a:features", "f", R"({"key":"f","version":1})");
    Put("a:features", "no-version", {{"item", S(R"({"key":"no-version","version":3})")}});
    Put("a:features", "older", {{"version", N(1)}, {"on", AttributeValue::Bool(true)}});
    Put("a:features", "both",
        {{"version", N(1)},
         {"on", AttributeValue::Bool(true)},
         {"item", S(R"({"key":"both","version":1})")}});
    Put("a:features", "bare", {{"version", N(1)}});
    PutItem("a:features", "gone-null", "null");
    PutItem("a:features", "gone-short", R"({"version":1,"deleted":true,"key":"gone-short"})");
    PutItem("a:features", "gone-full",
            R"({"key":"gone-full","version":1,"deleted":true,"on":false})");
    PutItem("a:segments", "s", R"({"key":"s","version":1})");
    auto const survey = Look();
    EXPECT_TRUE(survey.initialized);
    EXPECT_EQ(survey.rows, 9U);
    EXPECT_EQ(survey.features.living, 4U);
    EXPECT_EQ(survey.features.tombstones, 4U);
    EXPECT_EQ(survey.segments.living, 1U);
    EXPECT_EQ(survey.layout.official, 6U);
    EXPECT_EQ(survey.layout.both, 1U);
    EXPECT_EQ(survey.layout.older, 1U);
    EXPECT_EQ(survey.layout.without_item, 1U);
    EXPECT_EQ(survey.layout.without_version, 1U);
    EXPECT_EQ(survey.layout.null_tombstones, 1U);
    EXPECT_EQ(survey.layout.short_tombstones, 1U);
    EXPECT_EQ(survey.layout.full_tombstones, 1U);
    EXPECT_THAT(survey.malformed, IsEmpty());
    EXPECT_EQ(survey.scanned, 10U);
}

TEST_F(SurveyTest, NamesMalformedAndLargeRows) {
    PutItem("a:features", "broken", "{");
    PutItem("a:features", "odd", R"({"key":"odd","version":1,"on":"yes"})");
    Put("a:features", "number", {{"version", N(1)}, {"item", N(5)}});
    PutItem("a:segments", "big",
            R"({"key":"big","version":1,"x":")" + std::string(300'000, 'x') + R"("})");
    auto const survey = Look();
    ASSERT_THAT(survey.malformed, SizeIs(3));
    EXPECT_EQ(survey.malformed[0].key, "broken");
    EXPECT_EQ(survey.malformed[1].key, "number");
    EXPECT_EQ(survey.malformed[2].key, "odd");
    EXPECT_THAT(survey.malformed[2].what, HasSubstr("on"));
    ASSERT_THAT(survey.large, SizeIs(1));
    EXPECT_EQ(survey.large[0].key, "big");
    EXPECT_GT(survey.large[0].bytes, 300'000U);
}

TEST_F(SurveyTest, FindsMissingReferences) {
    PutItem("a:features", "f", R"({"key":"f","version":1,
        "prerequisites":[{"key":"there","variation":0},{"key":"gone","variation":0}],
        "rules":[{"clauses":[{"op":"segmentMatch","values":["s","none"]}]}]})");
    PutItem("a:features", "there", R"({"key":"there","version":1})");
    PutItem("a:features", "gone", "null");
    PutItem("a:segments", "s", R"({"key":"s","version":1,
        "rules":[{"clauses":[{"op":"segmentMatch","values":["inner"]}]}]})");
    auto const missing = Look().missing;
    ASSERT_THAT(missing, SizeIs(3));
    EXPECT_EQ(missing[0].to, (ItemKey{DataKind::kFeatures, "gone"}));
    EXPECT_EQ(missing[1].to, (ItemKey{DataKind::kSegments, "none"}));
    EXPECT_EQ(missing[2].from, (ItemKey{DataKind::kSegments, "s"}));
    EXPECT_EQ(missing[2].to, (ItemKey{DataKind::kSegments, "inner"}));
}

TEST_F(SurveyTest, TellsForeignRows) {
    PutItem("a:features", "mine", R"({"key":"mine","version":1})");
    for (std::string const ns : {"features", "ab:features", "ab:$inited", "b:big_segments_user",
                                 "a:$lddynamo-chunks", "stranger", "x:features:y"}) {
        Put(ns, "1");
        Put(ns, "2");
    }
    Put("relay", "id", {{"item", AttributeValue::B("\x01\x02")}});
    auto survey = Look();
    std::vector<std::string> found;
    for (auto const& rows : survey.foreign) {
        found.push_back(rows.ns + "|" + rows.prefix + "|" +
                        std::to_string(static_cast<int>(rows.what)) + "|" +
                        std::to_string(rows.rows));
    }
    EXPECT_THAT(found,
                ElementsAre("a:$lddynamo-chunks||2|2", "ab:$inited|ab|0|2", "ab:features|ab|0|2",
                            "b:big_segments_user|b|0|2", "features||0|2", "relay||1|1",
                            "stranger||3|2", "x:features:y||3|2"));
    EXPECT_EQ(survey.foreign[5].what, What::kRelayAutoConfig);
}

TEST_F(SurveyTest, BigSegments) {
    PutItem("a:segments", "big", R"({"key":"big","version":1,"unbounded":true,"generation":1})");
    EXPECT_FALSE(Look().big_segments.metadata);
    EXPECT_THAT(Look().big_segments.unbounded, ElementsAre("big"));
    Put("a:big_segments_metadata", "a:big_segments_metadata", {{"synchronizedOn", N(1700)}});
    Put("a:big_segments_user", "hash");
    auto const survey = Look().big_segments;
    EXPECT_TRUE(survey.metadata);
    EXPECT_EQ(survey.synchronized_on, 1700);
    EXPECT_EQ(survey.members, 1U);
}

TEST_F(SurveyTest, StopsAtTheLimitAndSaysSo) {
    for (int i = 0; i < 10; ++i) {
        PutItem("a:features", std::to_string(i),
                R"({"key":"x","version":1,"prerequisites":[{"key":"none","variation":0}]})");
    }
    auto const cut = Look(4);
    EXPECT_TRUE(cut.rows_cut);
    EXPECT_EQ(cut.rows, 4U);
    EXPECT_TRUE(cut.scan_cut);
    EXPECT_EQ(cut.scanned, 4U);
    EXPECT_THAT(cut.missing, IsEmpty()) << "what was not read may be the one";
    auto const whole = Look(11);
    EXPECT_FALSE(whole.rows_cut || whole.scan_cut);
    EXPECT_THAT(whole.missing, SizeIs(10));
}

TEST_F(SurveyTest, ScanThatIsNotAllowedIsNotTheEnd) {
    PutItem("a:features", "f", R"({"key":"f","version":1})");
    db_->SetFaults([](std::string_view operation) -> std::optional<MemoryDynamoDb::Fault> {
        if (operation != "Scan") return std::nullopt;
        MemoryDynamoDb::Fault fault;
        fault.error = test_support::ErrorOf(ErrorCode::kAccessDenied);
        return fault;
    });
    auto const survey = Look();
    ASSERT_TRUE(survey.scan_error);
    EXPECT_EQ(survey.scan_error->code, ErrorCode::kAccessDenied);
    EXPECT_EQ(survey.features.living, 1U);
}

TEST_F(SurveyTest, PagesThatGoRoundEnd) {
    FakeDynamoDbClient client(db_);
    client.on_query = [](QueryRequest const&) -> Result<QueryResponse> {
        QueryResponse page;
        page.last_evaluated_key = {{"key", S("again")}};
        return page;
    };
    auto const survey = SurveyTable(client, {.table = kTable});
    ASSERT_FALSE(survey);
    EXPECT_EQ(survey.error().code, ErrorCode::kInvalidData);
}

TEST_F(SurveyTest, EmptyPagesWithoutEndEnd) {
    PutItem("a:features", "f", R"({"key":"f","version":1})");
    FakeClock clock;
    FakeDynamoDbClient client(db_);
    int pages = 0;
    client.on_query = [&](QueryRequest const&) -> Result<QueryResponse> {
        clock.Advance(std::chrono::seconds(1));
        QueryResponse page;
        page.last_evaluated_key = {{"key", S(std::to_string(++pages))}};
        return page;
    };
    auto const survey = SurveyTable(
        client, {.table = kTable, .timeout = std::chrono::seconds(30), .clock = &clock});
    ASSERT_TRUE(survey) << survey.error().Describe();
    EXPECT_TRUE(survey->rows_cut && survey->scan_cut);
    EXPECT_EQ(pages, 30);
}

}  // namespace
}  // namespace lddynamo::store
