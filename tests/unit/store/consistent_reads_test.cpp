// Every read that decides anything is strongly consistent: an older answer would bring back what a
// writer has just replaced.
#include "store/migration.hpp"
#include "store/survey.hpp"
#include "store/wipe.hpp"
#include "unit/store/chunked_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo {
namespace {

using test_support::BigItem;
using test_support::ChunkedTable;
using test_support::FakeDynamoDbClient;
using test_support::SmallItem;
using ::testing::ElementsAre;

constexpr auto kFlags = DataKind::kFeatures;
constexpr auto kSegments = DataKind::kSegments;

class ConsistentReadsTest : public ::testing::Test {
  protected:
    ConsistentReadsTest() {
        Watch(fake_->on_get, &DynamoDbClient::GetItem);
        Watch(fake_->on_query, &DynamoDbClient::Query);
        Watch(fake_->on_batch_get, &DynamoDbClient::BatchGetItem);
    }
    /// A big and a small item of each kind.
    void Fill() {
        StoreData data;
        data.features = {{"big", BigItem("big", 3)}, {"small", SmallItem("small", 3)}};
        data.segments = {{"big", BigItem("big", 3)}, {"small", SmallItem("small", 3)}};
        ASSERT_TRUE(table_.Make()->Init(data).has_value());
    }

    template <class Hook, class Method>
    void Watch(Hook& hook, Method method) {
        hook = [this, method](auto const& request) {
            EXPECT_TRUE(request.consistent_read);
            return ((*table_.memory).*method)(request);
        };
    }

    ChunkedTable table_;
    std::shared_ptr<FakeDynamoDbClient> fake_ = std::make_shared<FakeDynamoDbClient>(table_.memory);
    std::unique_ptr<DynamoDbFeatureStore> chunked_ = table_.Make(fake_);
    std::unique_ptr<DynamoDbFeatureStore> plain_ = table_.Make(fake_, false);
};

TEST_F(ConsistentReadsTest, OfOneChunkedItem) {
    Fill();
    EXPECT_EQ(chunked_->Get(kFlags, "big").value(), BigItem("big", 3));
    // The row and the head; the chunks.
    EXPECT_THAT(fake_->Calls(), ElementsAre("BatchGetItem", "BatchGetItem"));
    fake_->ForgetCalls();
    std::vector<ItemKey> const keys = {{kFlags, "big"}, {kSegments, "small"}};
    EXPECT_EQ(chunked_->GetMany(keys).value().items.size(), 2U);
    EXPECT_THAT(fake_->Calls(), ElementsAre("BatchGetItem", "BatchGetItem"));
}

TEST_F(ConsistentReadsTest, OfAllChunkedItems) {
    Fill();
    EXPECT_EQ(chunked_->All(kFlags).value().items.size(), 2U);
    EXPECT_THAT(fake_->Calls(), ElementsAre("Query", "Query", "BatchGetItem"));
    fake_->ForgetCalls();
    EXPECT_EQ(chunked_->LoadAll().value().data.segments.size(), 2U);
    EXPECT_THAT(fake_->Calls(), ElementsAre("Query", "Query", "Query", "Query", "BatchGetItem"));
}

TEST_F(ConsistentReadsTest, OfChunkedUpserts) {
    Fill();
    EXPECT_EQ(chunked_->Upsert(kFlags, "new", BigItem("new", 1)).value(), UpsertOutcome::kWritten);
    EXPECT_EQ(fake_->CallCount("BatchGetItem"), 1U) << "looks at the row and the head";
    EXPECT_EQ(chunked_->Upsert(kFlags, "small", SmallItem("small", 4)).value(),
              UpsertOutcome::kWritten);
    EXPECT_EQ(fake_->CallCount("GetItem"), 1U) << "looks at the head";
}

TEST_F(ConsistentReadsTest, OfAChunkedUpsertThatRetiresAHeadAgainstAnother) {
    Fill();
    bool raced = false;
    fake_->on_put = [&](PutItemRequest const& request) {
        bool const retires = *request.item.at("namespace").AsS() != "p:features";
        if (retires && !std::exchange(raced, true)) {
            EXPECT_EQ(table_.Make()->Upsert(kFlags, "big", BigItem("big", 6)).value(),
                      UpsertOutcome::kWritten);
        }
        return table_.memory->PutItem(request);
    };
    EXPECT_EQ(chunked_->Upsert(kFlags, "big", SmallItem("big", 5)).value(), UpsertOutcome::kStale);
    EXPECT_TRUE(raced);
    EXPECT_EQ(fake_->CallCount("GetItem"), 2U)
        << "the head before, and the one that took its place";
}

TEST_F(ConsistentReadsTest, OfInit) {
    for (auto* const store : {chunked_.get(), plain_.get()}) {
        fake_->ForgetCalls();
        ASSERT_TRUE(store->Init({.features = {{"small", SmallItem("small", 1)}}}).has_value());
        EXPECT_EQ(fake_->CallCount("Query"), store == chunked_.get() ? 5U : 2U);
        EXPECT_EQ(fake_->CallCount("GetItem"), 1U) << "the marker";
    }
}

TEST_F(ConsistentReadsTest, WithoutChunkedItems) {
    Fill();
    EXPECT_TRUE(plain_->Initialized().value());
    EXPECT_EQ(plain_->Get(kFlags, "small").value(), SmallItem("small", 3));
    std::vector<ItemKey> const keys = {{kFlags, "small"}};
    EXPECT_EQ(plain_->GetMany(keys).value().items.size(), 1U);
    EXPECT_EQ(plain_->All(kFlags).value().items.size(), 1U);
    EXPECT_EQ(plain_->LoadAll().value().data.segments.size(), 1U);
    EXPECT_THAT(fake_->Calls(),
                ElementsAre("GetItem", "GetItem", "BatchGetItem", "Query", "Query", "Query"));
}

TEST_F(ConsistentReadsTest, OfAPutThatMayHaveBeenDoneBefore) {
    fake_->on_put = [](PutItemRequest const&) {
        return WriteResponse{.condition_failed = true, .ambiguous = true};
    };
    EXPECT_EQ(plain_->Upsert(kFlags, "k", SmallItem("k", 1)).value(), UpsertOutcome::kStale);
    EXPECT_THAT(fake_->Calls(), ElementsAre("PutItem", "GetItem"));
}

TEST_F(ConsistentReadsTest, OfAWipe) {
    Fill();
    auto const report =
        store::WipePrefix(*fake_, {.table = "flags", .prefix = "p", .clock = &table_.clock});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_GT(fake_->CallCount("Query"), 0U);
    EXPECT_EQ(fake_->CallCount("GetItem"), 2U) << "the marker, before and after";
}

TEST_F(ConsistentReadsTest, OfASurvey) {
    Fill();
    ASSERT_TRUE(table_.memory
                    ->PutItem({.table = "flags",
                               .item = {{"namespace", AttributeValue::S("unknown")},
                                        {"key", AttributeValue::S("k")}}})
                    .has_value());
    auto const survey = store::SurveyTable(*fake_, {.table = "flags", .prefix = "p"});
    ASSERT_TRUE(survey.has_value()) << survey.error().message;
    EXPECT_EQ(fake_->CallCount("Query"), 2U);
    EXPECT_EQ(fake_->CallCount("GetItem"), 3U) << "the marker, Big Segments, the unknown row";
}

TEST_F(ConsistentReadsTest, OfAMigration) {
    Item const older = {{"namespace", AttributeValue::S("p:features")},
                        {"key", AttributeValue::S("k")},
                        {"version", AttributeValue::N(1)},
                        {"on", AttributeValue::Bool(true)}};
    ASSERT_TRUE(table_.memory->PutItem({.table = "flags", .item = older}).has_value());
    // Somebody changed the row meanwhile, and the answer does not say into what.
    fake_->on_put = [this](PutItemRequest const& request) -> Result<WriteResponse> {
        if (fake_->CallCount("PutItem") == 1) return WriteResponse{.condition_failed = true};
        return table_.memory->PutItem(request);
    };
    store::MigrationOptions options;
    options.table = "flags";
    options.prefix = "p";
    auto const report = store::MigrateOlderLayout(*fake_, options);
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_GE(fake_->CallCount("Query"), 2U);
    EXPECT_EQ(fake_->CallCount("GetItem"), 2U) << "the row again, the marker";
}

}  // namespace
}  // namespace lddynamo
