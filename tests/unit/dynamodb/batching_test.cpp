#include "dynamodb/batching.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_dynamodb_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace lddynamo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test_support::ErrorOf;
using test_support::FakeClock;
using test_support::FakeDynamoDbClient;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Item KeyItem(std::size_t i) {
    Item item;
    item.emplace("key", AttributeValue::S("k" + std::to_string(i)));
    return item;
}

std::vector<BatchWrite> Writes(std::size_t count) {
    std::vector<BatchWrite> writes;
    for (std::size_t i = 0; i < count; ++i) writes.push_back({BatchWrite::Kind::kPut, KeyItem(i)});
    return writes;
}

std::string KeyOf(Item const& item) {
    return *item.at("key").AsS();
}

class WriteAllItemsTest : public ::testing::Test {
  protected:
    WriteAllItemsTest() {
        options_.clock = &clock_;
        client_.on_batch_write = [this](BatchWriteItemRequest const& request) {
            sizes_.push_back(request.writes.size());
            return Answer(request);
        };
    }
    /// What the table takes: everything, unless a test says otherwise.
    Result<BatchWriteItemResponse> Answer(BatchWriteItemRequest const& request) {
        if (answer_) return answer_(request);
        Store(request.writes);
        return BatchWriteItemResponse{};
    }
    void Store(std::span<BatchWrite const> writes) {
        for (auto const& write : writes) stored_.insert(KeyOf(write.item));
    }
    Status Write(std::size_t count) { return WriteAllItems(client_, "t", Writes(count), options_); }

    FakeClock clock_;
    FakeDynamoDbClient client_;
    BatchOptions options_;
    std::function<Result<BatchWriteItemResponse>(BatchWriteItemRequest const&)> answer_;
    std::vector<std::size_t> sizes_;
    std::multiset<std::string> stored_;
};

TEST_F(WriteAllItemsTest, SendsNothingForNothing) {
    EXPECT_TRUE(Write(0).has_value());
    EXPECT_TRUE(client_.Calls().empty());
}

TEST_F(WriteAllItemsTest, SplitsAtTwentyFive) {
    struct Case {
        std::size_t writes;
        std::vector<std::size_t> batches;
    };
    for (auto const& [writes, batches] : std::vector<Case>{
             {1, {1}}, {25, {25}}, {26, {25, 1}}, {75, {25, 25, 25}}, {51, {25, 25, 1}}}) {
        sizes_.clear();
        stored_.clear();
        ASSERT_TRUE(Write(writes).has_value()) << writes;
        EXPECT_EQ(sizes_, batches);
        EXPECT_EQ(stored_.size(), writes);
    }
    EXPECT_EQ(clock_.Elapsed().count(), 0) << "no pause without a reason";
}

TEST_F(WriteAllItemsTest, SplitsBelowSixteenMegabytesOnTheWire) {
    std::vector<BatchWrite> writes;
    for (std::size_t i = 0; i < 25; ++i) {
        Item item = KeyItem(i);
        // Each quote takes two bytes on the wire: 25 rows of 390 KB are 19.5 MB there.
        item.emplace("item", AttributeValue::S(std::string(390'000, '"')));
        writes.push_back({BatchWrite::Kind::kPut, std::move(item)});
    }
    ASSERT_TRUE(WriteAllItems(client_, "t", std::move(writes), options_).has_value());
    EXPECT_THAT(sizes_, ElementsAre(20, 5));
}

TEST_F(WriteAllItemsTest, SendsOneHugeWriteAlone) {
    auto writes = Writes(3);
    writes[1].item.emplace("item", AttributeValue::S(std::string(17'000'000, 'x')));
    ASSERT_TRUE(WriteAllItems(client_, "t", std::move(writes), options_).has_value());
    EXPECT_THAT(sizes_, ElementsAre(1, 1, 1));
}

TEST_F(WriteAllItemsTest, SendsUnprocessedWritesAgainAfterPauses) {
    answer_ = [&](BatchWriteItemRequest const& request) {
        // Takes 7 of each batch.
        auto const taken = std::min<std::size_t>(7, request.writes.size());
        Store(std::span(request.writes).first(taken));
        BatchWriteItemResponse response;
        response.unprocessed.assign(request.writes.begin() + static_cast<std::ptrdiff_t>(taken),
                                    request.writes.end());
        return response;
    };
    ASSERT_TRUE(Write(60).has_value());
    EXPECT_EQ(stored_.size(), 60U) << "each exactly once";
    EXPECT_EQ(std::set<std::string>(stored_.begin(), stored_.end()).size(), 60U);
    EXPECT_GT(clock_.Elapsed().count(), 0);
}

TEST_F(WriteAllItemsTest, GivesUpAtTheDeadlineAndSaysHowMany) {
    answer_ = [&](BatchWriteItemRequest const& request) {
        return BatchWriteItemResponse{.unprocessed = request.writes};
    };
    options_.deadline = seconds(30);
    auto const status = Write(40);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, ErrorCode::kIncomplete);
    EXPECT_THAT(status.error().message, HasSubstr("40 of 40 writes were not acknowledged"));
    EXPECT_THAT(status.error().message, HasSubstr("deadline of 30000 ms"));
    EXPECT_TRUE(status.error().retryable);
    EXPECT_LE(clock_.Elapsed(), seconds(30));
    EXPECT_LT(client_.Calls().size(), 200U) << "the pauses grow";
}

TEST_F(WriteAllItemsTest, SendsTransientFailuresAgain) {
    for (auto const code : {ErrorCode::kThrottled, ErrorCode::kUnavailable, ErrorCode::kConnection,
                            ErrorCode::kTimeout}) {
        int failures = 3;
        stored_.clear();
        answer_ = [&](BatchWriteItemRequest const& request) -> Result<BatchWriteItemResponse> {
            if (failures-- > 0) return Fail(ErrorOf(code));
            Store(request.writes);
            return BatchWriteItemResponse{};
        };
        EXPECT_TRUE(Write(30).has_value()) << ToString(code);
        EXPECT_EQ(stored_.size(), 30U);
    }
}

TEST_F(WriteAllItemsTest, NamesTheLastTransientFailureAtTheDeadline) {
    answer_ = [&](BatchWriteItemRequest const&) -> Result<BatchWriteItemResponse> {
        Error error = ErrorOf(ErrorCode::kThrottled, "slow down");
        error.service_code = "ThrottlingException";
        error.http_status = 400;
        return Fail(std::move(error));
    };
    auto const status = Write(3);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, ErrorCode::kIncomplete);
    EXPECT_THAT(status.error().message, HasSubstr("3 of 3"));
    EXPECT_THAT(status.error().message, HasSubstr("slow down"));
    EXPECT_EQ(status.error().service_code, "ThrottlingException");
    EXPECT_EQ(status.error().http_status, 400);
}

TEST_F(WriteAllItemsTest, OneBadBatchDoesNotStopTheOthers) {
    answer_ = [&](BatchWriteItemRequest const& request) -> Result<BatchWriteItemResponse> {
        if (KeyOf(request.writes.front().item) == "k25") {
            return Fail(ErrorOf(ErrorCode::kInvalidArgument, "no such type"));
        }
        Store(request.writes);
        return BatchWriteItemResponse{};
    };
    auto const status = Write(60);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, ErrorCode::kIncomplete);
    EXPECT_THAT(status.error().message, HasSubstr("25 of 60"));
    EXPECT_THAT(status.error().message, HasSubstr("no such type"));
    EXPECT_FALSE(status.error().retryable);
    EXPECT_EQ(stored_.size(), 35U);
    EXPECT_EQ(sizes_.size(), 3U) << "a bad batch is not sent again";
}

TEST_F(WriteAllItemsTest, StopsEarlyWhenNoBatchCanSucceed) {
    answer_ = [](BatchWriteItemRequest const&) -> Result<BatchWriteItemResponse> {
        return Fail(ErrorOf(ErrorCode::kAccessDenied, "not allowed"));
    };
    auto const status = Write(10'000);
    ASSERT_FALSE(status.has_value());
    EXPECT_THAT(status.error().message, HasSubstr("10000 of 10000"));
    EXPECT_LT(sizes_.size(), 400U);
}

TEST_F(WriteAllItemsTest, LooksAtTheDeadlineWithinARound) {
    answer_ = [&](BatchWriteItemRequest const& request) {
        clock_.Advance(milliseconds(100));
        Store(request.writes);
        return BatchWriteItemResponse{};
    };
    options_.deadline = seconds(1);
    auto const status = Write(25 * 400);
    ASSERT_FALSE(status.has_value());
    EXPECT_THAT(status.error().message,
                HasSubstr(std::to_string(10'000 - stored_.size()) + " of 10000"));
    EXPECT_LT(clock_.Elapsed(), seconds(10));
}

TEST_F(WriteAllItemsTest, RefusesMoreUnprocessedThanSent) {
    answer_ = [](BatchWriteItemRequest const& request) {
        BatchWriteItemResponse response{.unprocessed = request.writes};
        response.unprocessed.push_back(request.writes.front());
        return response;
    };
    auto const status = Write(5);
    ASSERT_FALSE(status.has_value());
    EXPECT_THAT(status.error().message, HasSubstr("5 of 5"));
    EXPECT_EQ(sizes_.size(), 1U);
}

TEST_F(WriteAllItemsTest, ReportsProgressAndSurvivesAThrowingCallback) {
    std::vector<std::size_t> progress;
    options_.progress = [&](std::size_t done) {
        progress.push_back(done);
        throw std::runtime_error("mine");
    };
    ASSERT_TRUE(Write(3000).has_value());
    ASSERT_FALSE(progress.empty());
    EXPECT_EQ(progress.back(), 3000U);
    EXPECT_TRUE(std::is_sorted(progress.begin(), progress.end()));
}

TEST_F(WriteAllItemsTest, AcceptsAnEndlessDeadline) {
    options_.deadline = milliseconds::max();
    EXPECT_TRUE(Write(30).has_value());
}

class GetAllItemsTest : public ::testing::Test {
  protected:
    GetAllItemsTest() { options_.clock = &clock_; }
    Result<std::vector<Item>> Get(std::size_t count) {
        BatchGetItemRequest request;
        request.table = "t";
        request.consistent_read = true;
        for (std::size_t i = 0; i < count; ++i) request.keys.push_back(KeyItem(i));
        return GetAllItems(client_, std::move(request), options_);
    }
    FakeClock clock_;
    FakeDynamoDbClient client_;
    BatchOptions options_;
};

TEST_F(GetAllItemsTest, AsksForAHundredAtATime) {
    std::vector<std::size_t> sizes;
    client_.on_batch_get = [&](BatchGetItemRequest const& request) {
        EXPECT_TRUE(request.consistent_read);
        EXPECT_EQ(request.table, "t");
        sizes.push_back(request.keys.size());
        return BatchGetItemResponse{.items = request.keys};
    };
    for (std::size_t const count : {0U, 1U, 100U, 101U, 250U, 7001U}) {
        sizes.clear();
        auto const items = Get(count);
        ASSERT_TRUE(items.has_value());
        EXPECT_EQ(items->size(), count);
        EXPECT_EQ(sizes.size(), (count + 99) / 100);
        std::set<std::string> keys;
        for (auto const& item : *items) keys.insert(KeyOf(item));
        EXPECT_EQ(keys.size(), count);
    }
}

TEST_F(GetAllItemsTest, AsksAgainForUnprocessedKeys) {
    client_.on_batch_get = [&](BatchGetItemRequest const& request) {
        BatchGetItemResponse response;
        // Half of them; so few that the pauses never reach the deadline.
        auto const half =
            request.keys.begin() + static_cast<std::ptrdiff_t>((request.keys.size() + 1) / 2);
        response.items.assign(request.keys.begin(), half);
        response.unprocessed_keys.assign(half, request.keys.end());
        return response;
    };
    auto const items = Get(30);
    ASSERT_TRUE(items.has_value());
    EXPECT_EQ(items->size(), 30U);
    EXPECT_GT(clock_.Elapsed().count(), 0);
}

TEST_F(GetAllItemsTest, GivesUpAtTheDeadline) {
    client_.on_batch_get = [&](BatchGetItemRequest const& request) {
        return BatchGetItemResponse{.unprocessed_keys = request.keys};
    };
    auto const items = Get(12);
    ASSERT_FALSE(items.has_value());
    EXPECT_EQ(items.error().code, ErrorCode::kIncomplete);
    EXPECT_THAT(items.error().message, HasSubstr("12 of 12 rows were not read"));
    EXPECT_LE(clock_.Elapsed(), seconds(60));
}

TEST_F(GetAllItemsTest, CountsWhatADeadlineInARoundLeaves) {
    client_.on_batch_get = [&](BatchGetItemRequest const& request) {
        clock_.Advance(seconds(2));
        return BatchGetItemResponse{.items = request.keys};
    };
    auto const items = Get(10'000);
    ASSERT_FALSE(items.has_value());
    EXPECT_EQ(items.error().code, ErrorCode::kIncomplete);
    EXPECT_THAT(items.error().message, HasSubstr("3600 of 10000")) << "64 calls were made";
}

TEST_F(GetAllItemsTest, FailsAsTheCallFails) {
    client_.on_batch_get = [&](BatchGetItemRequest const&) -> Result<BatchGetItemResponse> {
        return Fail(ErrorOf(ErrorCode::kNotFound));
    };
    auto const items = Get(1);
    ASSERT_FALSE(items.has_value());
    EXPECT_EQ(items.error().code, ErrorCode::kNotFound);
}

TEST_F(GetAllItemsTest, RefusesMoreThanItAskedFor) {
    client_.on_batch_get = [&](BatchGetItemRequest const& request) {
        return BatchGetItemResponse{.items = request.keys, .unprocessed_keys = request.keys};
    };
    auto const items = Get(1);
    ASSERT_FALSE(items.has_value());
    EXPECT_EQ(items.error().code, ErrorCode::kInvalidData);
}

TEST(EstimateWireSizeTest, IsCloseToTheRealSizeAndNotBelow) {
    Item item;
    item.emplace("s", AttributeValue::S("a\"b\\c\n"));
    item.emplace("n", AttributeValue::N(-12));
    item.emplace("b", AttributeValue::B(std::string(100, '\0')));
    item.emplace("bool", AttributeValue::Bool(false));
    item.emplace("null", AttributeValue());
    item.emplace("ss", AttributeValue::SS({"x", "yy"}));
    item.emplace("l", AttributeValue::L({AttributeValue::N(1), AttributeValue::S("")}));
    item.emplace("m", AttributeValue::M({{"in", AttributeValue::S("ner")}}));
    std::size_t const real =
        std::string(R"({"b":{"B":""},"bool":{"BOOL":false},"l":{"L":[{"N":"1"},{"S":""}]},)"
                    R"("m":{"M":{"in":{"S":"ner"}}},"n":{"N":"-12"},"null":{"NULL":true},)"
                    R"("s":{"S":"a\"b\\c\n"},"ss":{"SS":["x","yy"]}})")
            .size() +
        136;  // base64 of 100 bytes
    EXPECT_GE(dynamodb::EstimateWireSize(item), real);
    EXPECT_LE(dynamodb::EstimateWireSize(item), real + 40);
}

}  // namespace
}  // namespace lddynamo
