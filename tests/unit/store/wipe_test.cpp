#include "store/wipe.hpp"

#include "store/item_codec.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_dynamodb_client.hpp"
#include "support/results.hpp"

#include <lddynamo/testing/memory_dynamodb.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace lddynamo::store {
namespace {

using test_support::ErrorOf;
using test_support::FailureOf;
using test_support::FakeClock;
using test_support::FakeDynamoDbClient;
using test_support::MemoryDynamoDb;
using ::testing::HasSubstr;

constexpr char const* kTable = "flags";

Item Key(std::string ns, std::string key) {
    return {{"namespace", AttributeValue::S(std::move(ns))},
            {"key", AttributeValue::S(std::move(key))}};
}

std::set<std::string> Names(MemoryDynamoDb const& db) {
    std::set<std::string> names;
    for (auto const& row : db.Rows(kTable)) {
        names.insert(*FindAttribute(row, kNamespace)->AsS() + " " + std::string(RowKey(row)));
    }
    return names;
}

class WipeTest : public ::testing::Test {
  protected:
    void SetUp() override {
        CreateTableRequest create;
        create.table = kTable;
        create.keys = {.partition_key = "namespace", .sort_key = "key"};
        ASSERT_TRUE(db_->CreateTable(create));
        // Prefixes of prefixes, and one that looks like a kind.
        for (std::string const prefix : {"", "a:", "ab:", "features:"}) {
            for (int i = 0; i < 30; ++i) Put(prefix + "features", "flag-" + std::to_string(i));
            Put(prefix + "segments", "s");
            Put(prefix + "$inited", prefix + "$inited");
            Put(prefix + "big_segments_metadata", prefix + "big_segments_metadata");
            Put(prefix + "big_segments_user", "hash");
        }
        Put("relay", "cache");
    }
    void Put(std::string ns, std::string key) {
        ASSERT_TRUE(db_->PutItem({.table = kTable, .item = Key(std::move(ns), std::move(key))}));
    }
    WipeOptions Options(std::string prefix) {
        WipeOptions options;
        options.table = kTable;
        options.prefix = std::move(prefix);
        options.clock = &clock_;
        return options;
    }

    FakeClock clock_;
    std::shared_ptr<MemoryDynamoDb> db_ = std::make_shared<MemoryDynamoDb>();
};

TEST_F(WipeTest, DeletesOnePrefixAndNothingElse) {
    for (std::string const prefix : {"a", "", "ab"}) {
        std::string const start = prefix.empty() ? "" : prefix + ":";
        auto wanted = Names(*db_);
        for (int i = 0; i < 30; ++i) wanted.erase(start + "features flag-" + std::to_string(i));
        wanted.erase(start + "segments s");
        wanted.erase(start + "$inited " + start + "$inited");

        auto const count = CountPrefix(*db_, Options(prefix));
        ASSERT_TRUE(count) << count.error().Describe();
        EXPECT_EQ(count->Rows(), 32U);
        EXPECT_NE(Names(*db_), wanted) << "counting deletes nothing";
        auto const report = WipePrefix(*db_, Options(prefix));
        ASSERT_TRUE(report) << report.error().Describe();
        EXPECT_TRUE(report->marker);
        EXPECT_EQ(report->features, 30U);
        EXPECT_EQ(report->segments, 1U);
        EXPECT_EQ(report->big_segments, 0U);
        EXPECT_EQ(Names(*db_), wanted) << "prefix '" << prefix << "'";
    }
}

TEST_F(WipeTest, BigSegmentsGoWhenAskedFor) {
    auto options = Options("a");
    options.big_segments = true;
    auto const report = WipePrefix(*db_, options);
    ASSERT_TRUE(report) << report.error().Describe();
    EXPECT_EQ(report->big_segments, 2U);
    for (auto const& name : Names(*db_)) EXPECT_NE(name.substr(0, 2), "a:") << name;
    EXPECT_EQ(Names(*db_).count("ab:big_segments_user hash"), 1U);
    EXPECT_EQ(Names(*db_).count("big_segments_user hash"), 1U);
}

TEST_F(WipeTest, RowsOfOurOwnBesideTheOfficialOnesGoToo) {
    for (std::string const prefix : {"", "a:", "ab:"}) {
        for (auto const* const name : {"$lddynamo_features", "$lddynamo_segments",
                                       "$lddynamo_chunks", "$lddynamo_of_the_future"}) {
            Put(prefix + name, "1");
        }
    }
    auto const before = Names(*db_).size();
    auto const report = WipePrefix(*db_, Options("a"));
    ASSERT_TRUE(report) << report.error().Describe();
    EXPECT_EQ(report->companions, 3U);
    EXPECT_EQ(Names(*db_).size(), before - report->Rows());
    EXPECT_EQ(Names(*db_).count("ab:$lddynamo_chunks 1") + Names(*db_).count("$lddynamo_chunks 1"),
              2U);
}

TEST_F(WipeTest, NothingThereIsFine) {
    auto const report = WipePrefix(*db_, Options("nobody"));
    ASSERT_TRUE(report) << report.error().Describe();
    EXPECT_EQ(report->Rows(), 0U);
}

TEST_F(WipeTest, MarkerGoesFirstThenFlagsThenSegments) {
    auto const marker = [&] { return Names(*db_).count("a:$inited a:$inited") != 0; };
    auto const flags = [&] { return Names(*db_).count("a:features flag-29") != 0; };
    auto const segments = [&] { return Names(*db_).count("a:segments s") != 0; };
    std::size_t looks = 0;
    db_->SetFaults([&](std::string_view) -> std::optional<MemoryDynamoDb::Fault> {
        ++looks;
        EXPECT_TRUE(!marker() || (flags() && segments())) << "initialized, and rows are missing";
        EXPECT_TRUE(!flags() || segments()) << "a segment is gone before a flag";
        return std::nullopt;
    });
    ASSERT_TRUE(WipePrefix(*db_, Options("a")));
    EXPECT_GE(looks, 6U);
}

TEST_F(WipeTest, MayDieAtAnyRequestAndGoOn) {
    bool died = true;
    for (std::size_t at = 0; died; ++at) {
        db_ = std::make_shared<MemoryDynamoDb>();
        SetUp();
        died = false;
        std::size_t request = 0;
        db_->SetFaults([&](std::string_view) -> std::optional<MemoryDynamoDb::Fault> {
            if (request++ != at) return std::nullopt;
            died = true;
            MemoryDynamoDb::Fault fault;
            fault.error_after = ErrorOf(ErrorCode::kAccessDenied);
            return fault;
        });
        auto const first = WipePrefix(*db_, Options("a"));
        EXPECT_EQ(first.has_value(), !died) << at;
        db_->SetFaults(nullptr);
        ASSERT_TRUE(WipePrefix(*db_, Options("a")));
        for (auto const& name : Names(*db_)) {
            EXPECT_TRUE(name.substr(0, 2) != "a:" || name.find("big_segments") != name.npos)
                << at << ": " << name;
        }
        EXPECT_EQ(Names(*db_).count("ab:features flag-0"), 1U);
    }
}

TEST_F(WipeTest, WriterThatNeverStopsIsAConflict) {
    FakeDynamoDbClient client(db_);
    client.on_batch_write = [&](BatchWriteItemRequest const& request) {
        auto answer = db_->BatchWriteItem(request);
        Put("a:features", "again");
        return answer;
    };
    auto const report = WipePrefix(client, Options("a"));
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::kConflict);
}

TEST_F(WipeTest, BadOptionsAndMissingTable) {
    EXPECT_EQ(FailureOf(WipePrefix(*db_, Options("a:b"))).code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(FailureOf(WipePrefix(*db_, {})).code, ErrorCode::kInvalidArgument);
    auto options = Options("a");
    options.table = "none";
    auto const missing = WipePrefix(*db_, options);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(missing.error().message, HasSubstr("table none does not exist"));
}

}  // namespace
}  // namespace lddynamo::store
