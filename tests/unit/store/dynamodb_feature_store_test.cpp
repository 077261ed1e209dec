// What can be seen from the requests alone; how a store behaves on a table is in tests/conformance.
#include "support/capturing_sink.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_dynamodb_client.hpp"
#include "support/results.hpp"

#include <lddynamo/dynamodb_feature_store.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace lddynamo {
namespace {

using std::chrono::seconds;
using test_support::CapturingSink;
using test_support::ErrorOf;
using test_support::FailureOf;
using test_support::FakeClock;
using test_support::FakeDynamoDbClient;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kFlags = DataKind::kFeatures;

Item RowOf(std::string ns, std::string key, SerializedItem const& item) {
    return {{"namespace", AttributeValue::S(std::move(ns))},
            {"key", AttributeValue::S(std::move(key))},
            {"version", AttributeValue::N(item.version)},
            {"item", AttributeValue::S(item.json)}};
}

class DynamoDbFeatureStoreTest : public ::testing::Test {
  protected:
    DynamoDbFeatureStoreTest() {
        options_.table = "flags";
        options_.client = client_;
        options_.clock = &clock_;
        options_.logger = Logger(sink_);
    }
    DynamoDbFeatureStore& Store() {
        if (!store_) {
            auto made = DynamoDbFeatureStore::Create(options_);
            if (!made) throw std::runtime_error(made.error().message);
            store_ = std::move(*made);
        }
        return *store_;
    }

    FakeClock clock_;
    std::shared_ptr<FakeDynamoDbClient> client_ = std::make_shared<FakeDynamoDbClient>();
    std::shared_ptr<CapturingSink> sink_ = std::make_shared<CapturingSink>();
    DynamoDbFeatureStoreOptions options_;
    std::unique_ptr<DynamoDbFeatureStore> store_;
    SerializedItem const item_{.version = 5, .json = R"({"key":"k","version":5})"};
};

TEST_F(DynamoDbFeatureStoreTest, CreateRefusesBadNames) {
    options_.prefix = "a$b";
    EXPECT_EQ(FailureOf(DynamoDbFeatureStore::Create(options_)).code, ErrorCode::kInvalidArgument);
    options_.prefix = "a:b";
    EXPECT_EQ(FailureOf(DynamoDbFeatureStore::Create(options_)).code, ErrorCode::kInvalidArgument);
    options_.prefix = "";
    options_.table = "";
    EXPECT_EQ(FailureOf(DynamoDbFeatureStore::Create(options_)).code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(FailureOf(DynamoDbFeatureStore::Create("")).code, ErrorCode::kInvalidArgument);
}

TEST_F(DynamoDbFeatureStoreTest, OpensNothingBeforeItsFirstCall) {
    (void)Store();
    EXPECT_THAT(client_->Calls(), IsEmpty());
}

TEST_F(DynamoDbFeatureStoreTest, GetReadsOneRowConsistently) {
    options_.prefix = "p";
    client_->on_get = [&](GetItemRequest const& request) {
        EXPECT_EQ(request.table, "flags");
        EXPECT_TRUE(request.consistent_read);
        EXPECT_EQ(request.key, (Item{{"namespace", AttributeValue::S("p:segments")},
                                     {"key", AttributeValue::S("k")}}));
        return GetItemResponse{.item = RowOf("p:segments", "k", item_)};
    };
    auto const item = Store().Get(DataKind::kSegments, "k");
    ASSERT_TRUE(item.has_value());
    EXPECT_EQ(*item, item_);
    EXPECT_THAT(client_->Calls(), SizeIs(1));
}

TEST_F(DynamoDbFeatureStoreTest, UnstorableKeysAreAbsentAndSendNothing) {
    for (std::string const& key : {std::string(), std::string(1025, 'x'), std::string("\xff")}) {
        auto const item = Store().Get(kFlags, key);
        ASSERT_TRUE(item.has_value());
        EXPECT_FALSE(item->has_value());
        EXPECT_EQ(FailureOf(Store().Upsert(kFlags, key, item_)).code, ErrorCode::kInvalidArgument);
        StoreData data;
        data.features.emplace(key, item_);
        EXPECT_EQ(FailureOf(Store().Init(data)).code, ErrorCode::kInvalidArgument);
        std::vector<ItemKey> const keys = {{kFlags, key}};
        EXPECT_THAT(Store().GetMany(keys).value().items, IsEmpty());
    }
    EXPECT_THAT(client_->Calls(), IsEmpty());
}

TEST_F(DynamoDbFeatureStoreTest, QueriesConsistentlyWithAliases) {
    options_.prefix = "p";
    std::vector<std::string> namespaces;
    client_->on_query = [&](QueryRequest const& request) {
        EXPECT_TRUE(request.consistent_read);
        EXPECT_EQ(request.key_condition_expression, "#ns = :ns");
        EXPECT_EQ(request.names.at("#ns"), "namespace");
        EXPECT_TRUE(request.filter_expression.empty());
        namespaces.push_back(*request.values.at(":ns").AsS());
        return QueryResponse{};
    };
    ASSERT_TRUE(Store().All(kFlags).has_value());
    ASSERT_TRUE(Store().LoadAll().has_value());
    EXPECT_EQ(namespaces, (std::vector<std::string>{"p:features", "p:features", "p:segments"}));
}

TEST_F(DynamoDbFeatureStoreTest, LogsAMalformedRowOnce) {
    client_->on_query = [&](QueryRequest const&) {
        auto row = RowOf("features", "bad-one", item_);
        row["item"] = AttributeValue::N(1);
        return QueryResponse{.items = {row, RowOf("features", "good", item_)}};
    };
    for (int i = 0; i < 3; ++i) {
        auto const all = Store().All(kFlags);
        ASSERT_TRUE(all.has_value());
        EXPECT_THAT(all->items, SizeIs(1));
        ASSERT_THAT(all->malformed, SizeIs(1));
        EXPECT_EQ(all->malformed[0].key, "bad-one");
        EXPECT_EQ(all->malformed[0].kind, kFlags);
        EXPECT_THAT(all->malformed[0].what, HasSubstr("`item`"));
    }
    auto const lines = sink_->Lines();
    ASSERT_THAT(lines, SizeIs(1));
    EXPECT_THAT(lines[0], HasSubstr("flag \"bad-one\""));
}

TEST_F(DynamoDbFeatureStoreTest, GetManyAsksOnceForEachKey) {
    client_->on_batch_get = [&](BatchGetItemRequest const& request) {
        EXPECT_TRUE(request.consistent_read);
        EXPECT_EQ(request.keys.size(), 3U);
        auto bad = RowOf("segments", "b", item_);
        bad.erase("item");
        bad["version"] = AttributeValue::S("x");
        return BatchGetItemResponse{.items = {bad, RowOf("features", "a", item_)}};
    };
    std::vector<ItemKey> const keys = {
        {kFlags, "a"}, {DataKind::kSegments, "b"}, {kFlags, "a"}, {kFlags, ""}, {kFlags, "none"}};
    auto const many = Store().GetMany(keys);
    ASSERT_TRUE(many.has_value());
    ASSERT_THAT(many->items, SizeIs(1));
    EXPECT_EQ(many->items.at({kFlags, "a"}), item_);
    ASSERT_THAT(many->malformed, SizeIs(1));
    EXPECT_EQ(many->malformed[0].key, "b");
    EXPECT_THAT(client_->Calls(), SizeIs(1));
}

TEST_F(DynamoDbFeatureStoreTest, GetManyIgnoresRowsItDidNotAskFor) {
    client_->on_batch_get = [&](BatchGetItemRequest const&) {
        return BatchGetItemResponse{.items = {RowOf("q:features", "a", item_)}};
    };
    std::vector<ItemKey> const keys = {{kFlags, "a"}};
    EXPECT_THAT(Store().GetMany(keys).value().items, IsEmpty());
}

TEST_F(DynamoDbFeatureStoreTest, UpsertPutsUnderTheSupersetCondition) {
    client_->on_put = [&](PutItemRequest const& request) {
        EXPECT_EQ(request.item, RowOf("features", "k", item_));
        EXPECT_EQ(request.condition_expression,
                  "attribute_not_exists(#ns) OR attribute_not_exists(#k) OR "
                  "attribute_not_exists(#v) OR :v > #v");
        EXPECT_EQ(request.names,
                  (ExpressionNames{{"#ns", "namespace"}, {"#k", "key"}, {"#v", "version"}}));
        EXPECT_EQ(request.values, (ExpressionValues{{":v", AttributeValue::N(5)}}));
        EXPECT_TRUE(request.return_old_on_condition_failure);
        return WriteResponse{};
    };
    EXPECT_EQ(Store().Upsert(kFlags, "k", item_).value(), UpsertOutcome::kWritten);
    EXPECT_THAT(client_->Calls(), SizeIs(1));
}

TEST_F(DynamoDbFeatureStoreTest, AnAmbiguousPutThatFindsItselfIsWritten) {
    auto const other = SerializedItem{.version = 5, .json = R"({"key":"k","version":5,"on":true})"};
    auto const newer = SerializedItem{.version = 6, .json = R"({"key":"k","version":6})"};
    struct Case {
        char const* name;
        bool ambiguous;
        std::optional<SerializedItem> answered;  // with the answer
        std::optional<SerializedItem> stored;    // to a GetItem
        UpsertOutcome outcome;
        std::size_t calls;
    };
    std::vector<Case> const cases = {
        {"stale", false, newer, {}, UpsertOutcome::kStale, 1},
        {"equal, but we did not write it", false, item_, {}, UpsertOutcome::kStale, 1},
        {"no old item, not ambiguous", false, {}, {}, UpsertOutcome::kStale, 1},
        {"our own", true, item_, {}, UpsertOutcome::kWritten, 1},
        {"same version of another writer", true, other, {}, UpsertOutcome::kStale, 1},
        {"newer meanwhile", true, newer, {}, UpsertOutcome::kStale, 1},
        {"our own, looked up", true, {}, item_, UpsertOutcome::kWritten, 2},
        {"newer, looked up", true, {}, newer, UpsertOutcome::kStale, 2},
        {"gone meanwhile", true, {}, {}, UpsertOutcome::kStale, 2},
    };
    for (auto const& test : cases) {
        client_->ForgetCalls();
        client_->on_put = [&](PutItemRequest const&) {
            WriteResponse response{.condition_failed = true, .ambiguous = test.ambiguous};
            if (test.answered) response.old_item = RowOf("features", "k", *test.answered);
            return response;
        };
        client_->on_get = [&](GetItemRequest const& request) {
            EXPECT_TRUE(request.consistent_read);
            GetItemResponse response;
            if (test.stored) response.item = RowOf("features", "k", *test.stored);
            return response;
        };
        auto const outcome = Store().Upsert(kFlags, "k", item_);
        ASSERT_TRUE(outcome.has_value()) << test.name;
        EXPECT_EQ(*outcome, test.outcome) << test.name;
        EXPECT_THAT(client_->Calls(), SizeIs(test.calls)) << test.name;
    }
}

TEST_F(DynamoDbFeatureStoreTest, AnAmbiguousPutThatCannotBeCheckedIsAnError) {
    client_->on_put = [](PutItemRequest const&) {
        return WriteResponse{.condition_failed = true, .ambiguous = true};
    };
    client_->on_get = [](GetItemRequest const&) -> Result<GetItemResponse> {
        return Fail(ErrorOf(ErrorCode::kConnection));
    };
    EXPECT_EQ(FailureOf(Store().Upsert(kFlags, "k", item_)).code, ErrorCode::kConnection);
}

TEST_F(DynamoDbFeatureStoreTest, ANoCanBeRememberedForEver) {
    options_.not_initialized_ttl = std::chrono::milliseconds::max();
    client_->on_get = [](GetItemRequest const&) { return GetItemResponse(); };
    EXPECT_FALSE(Store().Initialized().value());
    clock_.Advance(std::chrono::hours(24 * 300));
    EXPECT_FALSE(Store().Initialized().value());
    EXPECT_THAT(client_->Calls(), SizeIs(1));
}

TEST_F(DynamoDbFeatureStoreTest, InitializedHasThreeAnswers) {
    options_.not_initialized_ttl = seconds(10);
    options_.prefix = "p";
    enum class Server { kDown, kNo, kYes } server = Server::kDown;
    client_->on_get = [&](GetItemRequest const& request) -> Result<GetItemResponse> {
        EXPECT_TRUE(request.consistent_read);
        EXPECT_EQ(request.key, (Item{{"namespace", AttributeValue::S("p:$inited")},
                                     {"key", AttributeValue::S("p:$inited")}}));
        if (server == Server::kDown) return Fail(ErrorOf(ErrorCode::kTimeout));
        return GetItemResponse{.item = server == Server::kYes ? std::optional(request.key)
                                                              : std::nullopt};
    };
    EXPECT_FALSE(Store().Initialized().has_value());
    EXPECT_FALSE(Store().Initialized().has_value()) << "an error is not remembered";
    server = Server::kNo;
    EXPECT_FALSE(Store().Initialized().value());
    EXPECT_THAT(client_->Calls(), SizeIs(3));
    server = Server::kYes;
    clock_.Advance(seconds(9));
    EXPECT_FALSE(Store().Initialized().value()) << "no is remembered for a while";
    EXPECT_THAT(client_->Calls(), SizeIs(3));
    clock_.Advance(seconds(2));
    EXPECT_TRUE(Store().Initialized().value());
    server = Server::kDown;
    EXPECT_TRUE(Store().Initialized().value()) << "yes is remembered for ever";
    EXPECT_THAT(client_->Calls(), SizeIs(4));
}

TEST_F(DynamoDbFeatureStoreTest, WithoutTtlANoIsNotRemembered) {
    client_->on_get = [](GetItemRequest const&) { return GetItemResponse{}; };
    EXPECT_FALSE(Store().Initialized().value());
    EXPECT_FALSE(Store().Initialized().value());
    EXPECT_THAT(client_->Calls(), SizeIs(2));
}

TEST_F(DynamoDbFeatureStoreTest, ErrorsNameTableKindAndKey) {
    for (auto const code : {ErrorCode::kNotFound, ErrorCode::kThrottled}) {
        auto const error = [&] {
            Error one = ErrorOf(code, "the service's words");
            one.service_code = "SomeException";
            one.request_id = "id";
            return Fail(one);
        };
        client_->on_get = [&](GetItemRequest const&) -> Result<GetItemResponse> { return error(); };
        client_->on_put = [&](PutItemRequest const&) -> Result<WriteResponse> { return error(); };
        client_->on_query = [&](QueryRequest const&) -> Result<QueryResponse> { return error(); };
        client_->on_batch_get = [&](BatchGetItemRequest const&) -> Result<BatchGetItemResponse> {
            return error();
        };
        std::vector<ItemKey> const keys = {{kFlags, "the-key"}};
        auto const get = FailureOf(Store().Get(kFlags, "the-key"));
        auto const put = FailureOf(Store().Upsert(DataKind::kSegments, "the-key", item_));
        EXPECT_THAT(get.message, HasSubstr("flag \"the-key\""));
        EXPECT_THAT(put.message, HasSubstr("segment \"the-key\""));
        EXPECT_THAT(FailureOf(Store().All(kFlags)).message, HasSubstr("features"));
        std::vector<Error> const errors = {get,
                                           put,
                                           FailureOf(Store().Initialized()),
                                           FailureOf(Store().All(kFlags)),
                                           FailureOf(Store().LoadAll()),
                                           FailureOf(Store().GetMany(keys)),
                                           FailureOf(Store().Init({}))};
        for (auto const& one : errors) {
            EXPECT_EQ(one.code, code);
            EXPECT_EQ(one.service_code, "SomeException");
            EXPECT_EQ(one.request_id, "id");
            EXPECT_THAT(one.message, HasSubstr("table flags"));
            EXPECT_THAT(one.message, HasSubstr("the service's words"));
            if (code == ErrorCode::kNotFound) {
                EXPECT_THAT(one.message, HasSubstr("table flags does not exist"));
            }
        }
    }
}

TEST_F(DynamoDbFeatureStoreTest, AMissingTableNamesTheRegionThatIsKnown) {
    options_.aws.region = "eu-central-1";
    client_->on_get = [](GetItemRequest const&) -> Result<GetItemResponse> {
        return Fail(ErrorOf(ErrorCode::kNotFound));
    };
    EXPECT_THAT(FailureOf(Store().Get(kFlags, "k")).message,
                HasSubstr("table flags does not exist in region eu-central-1"));
}

TEST_F(DynamoDbFeatureStoreTest, AFailedInitPutsNoMarkerAndCountsWhatIsMissing) {
    options_.init_writes = InitWrites::kBatched;
    StoreData data;
    for (int i = 0; i < 30; ++i) {
        data.segments.emplace("s" + std::to_string(i), item_);
        data.features.emplace("f" + std::to_string(i), item_);
    }
    client_->on_query = [](QueryRequest const&) { return QueryResponse{}; };
    int batches = 0;
    client_->on_batch_write =
        [&](BatchWriteItemRequest const& request) -> Result<BatchWriteItemResponse> {
        for (auto const& write : request.writes) {
            EXPECT_EQ(*write.item.at("namespace").AsS(), "segments") << "flags must wait";
        }
        if (++batches == 1) return BatchWriteItemResponse{};
        return Fail(ErrorOf(ErrorCode::kInvalidArgument, "ValidationException: bad"));
    };
    auto const report = Store().Init(data);
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().code, ErrorCode::kIncomplete);
    EXPECT_THAT(report.error().message, HasSubstr("35 of 60 rows were not written"));
    EXPECT_THAT(report.error().message, HasSubstr("ValidationException: bad"));
    EXPECT_EQ(client_->CallCount("PutItem"), 0U);
    client_->on_get = [](GetItemRequest const&) { return GetItemResponse{}; };
    EXPECT_FALSE(Store().Initialized().value());
}

TEST_F(DynamoDbFeatureStoreTest, InitEndsAtItsDeadline) {
    options_.init_writes = InitWrites::kBatched;
    options_.init_timeout = seconds(30);
    client_->on_query = [](QueryRequest const&) { return QueryResponse{}; };
    client_->on_batch_write = [](BatchWriteItemRequest const& request) {
        return BatchWriteItemResponse{.unprocessed = request.writes};
    };
    StoreData data;
    data.features.emplace("f", item_);
    auto const report = Store().Init(data);
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().code, ErrorCode::kIncomplete);
    EXPECT_THAT(report.error().message, HasSubstr("1 of 1 rows were not written"));
    EXPECT_LE(clock_.Elapsed(), seconds(30));
    EXPECT_EQ(client_->CallCount("PutItem"), 0U);
}

TEST_F(DynamoDbFeatureStoreTest, InitReadingCountsAgainstItsDeadline) {
    options_.init_timeout = seconds(30);
    std::int64_t page = 0;
    client_->on_query = [&](QueryRequest const& request) {
        clock_.Advance(seconds(1));
        QueryResponse response;
        response.last_evaluated_key = {{"key", AttributeValue::N(++page)},
                                       {"namespace", request.values.at(":ns")}};
        return response;
    };
    auto const report = Store().Init({});
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().code, ErrorCode::kTimeout);
    EXPECT_LE(clock_.Elapsed(), seconds(32));
}

TEST_F(DynamoDbFeatureStoreTest, InitPutsAMarkerOnlyWhereThereIsNone) {
    client_->on_query = [](QueryRequest const&) { return QueryResponse{}; };
    bool marked = false;
    client_->on_get = [&](GetItemRequest const& request) {
        EXPECT_EQ(*request.key.at("key").AsS(), "$inited");
        return GetItemResponse{.item = marked ? std::optional(request.key) : std::nullopt};
    };
    client_->on_put = [&](PutItemRequest const& request) {
        EXPECT_TRUE(request.condition_expression.empty());
        EXPECT_EQ(request.item, (Item{{"namespace", AttributeValue::S("$inited")},
                                      {"key", AttributeValue::S("$inited")}}));
        marked = true;
        return WriteResponse{};
    };
    ASSERT_TRUE(Store().Init({}).has_value());
    ASSERT_TRUE(Store().Init({}).has_value());
    EXPECT_EQ(client_->CallCount("PutItem"), 1U);
    EXPECT_EQ(client_->CallCount("BatchWriteItem"), 0U);
    client_->ForgetCalls();
    EXPECT_TRUE(Store().Initialized().value());
    EXPECT_THAT(client_->Calls(), IsEmpty()) << "Init remembers";
}

TEST_F(DynamoDbFeatureStoreTest, ReportsProgress) {
    options_.init_writes = InitWrites::kBatched;
    std::vector<std::pair<std::size_t, std::size_t>> progress;
    options_.init_progress = [&](std::size_t done, std::size_t total) {
        progress.emplace_back(done, total);
        throw std::runtime_error("the caller's own fault");
    };
    client_->on_query = [](QueryRequest const&) { return QueryResponse{}; };
    client_->on_get = [](GetItemRequest const&) { return GetItemResponse{}; };
    client_->on_put = [](PutItemRequest const&) { return WriteResponse{}; };
    client_->on_batch_write = [](BatchWriteItemRequest const&) { return BatchWriteItemResponse{}; };
    StoreData data;
    for (int i = 0; i < 3; ++i) data.segments.emplace("s" + std::to_string(i), item_);
    for (int i = 0; i < 40; ++i) data.features.emplace("f" + std::to_string(i), item_);
    ASSERT_TRUE(Store().Init(data).has_value());
    EXPECT_EQ(progress,
              (std::vector<std::pair<std::size_t, std::size_t>>{{0, 43}, {3, 43}, {43, 43}}));
}

TEST_F(DynamoDbFeatureStoreTest, LogsOversizeItemsByKey) {
    client_->on_query = [](QueryRequest const&) { return QueryResponse{}; };
    client_->on_get = [](GetItemRequest const& request) {
        return GetItemResponse{.item = request.key};
    };
    SerializedItem const big{.version = 1, .json = R"({"x":")" + std::string(400'000, 'x') + "\"}"};
    StoreData data;
    data.features.emplace("big-one", big);
    auto const report = Store().Init(data);
    ASSERT_TRUE(report.has_value());
    EXPECT_THAT(report->oversize, SizeIs(1));
    EXPECT_EQ(Store().Upsert(kFlags, "big-two", big).value(), UpsertOutcome::kOversize);
    std::string all;
    for (auto const& line : sink_->Lines()) all += line + "\n";
    EXPECT_THAT(all, HasSubstr("flag \"big-one\""));
    EXPECT_THAT(all, HasSubstr("flag \"big-two\""));
    EXPECT_LT(all.size(), 2000U) << "not the item itself";
    EXPECT_EQ(client_->CallCount("PutItem"), 0U);
}

TEST_F(DynamoDbFeatureStoreTest, VersionsOfSixtyFourBitsSurvive) {
    auto const max = std::numeric_limits<std::int64_t>::max();
    client_->on_put = [&](PutItemRequest const& request) {
        EXPECT_EQ(*request.item.at("version").AsN(), "9223372036854775807");
        return WriteResponse{};
    };
    EXPECT_EQ(Store().Delete(kFlags, "k", max).value(), UpsertOutcome::kWritten);
}

}  // namespace
}  // namespace lddynamo
