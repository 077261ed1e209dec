// Init while others read, while the table refuses part of it, and while answers get lost.
#include "conformance/sample_items.hpp"
#include "conformance/store_factory.hpp"
#include "support/results.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace lddynamo::conformance {
namespace {

using test_support::ErrorOf;
using test_support::FailureOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kFlags = DataKind::kFeatures;
constexpr std::int64_t kOld = 1;
constexpr std::int64_t kNew = 2;

/// Chains of flags that need each other, segments, and some that come and go.
StoreData DataOf(std::int64_t version) {
    StoreData data;
    for (std::size_t i = 0; i < 45; ++i) {
        auto const key = Numbered("f", i);
        data.features.emplace(key, i % 5 == 0 ? MakeItem(key, version)
                                              : MakeNeedyFlag(key, version, Numbered("f", i - 1)));
    }
    for (std::size_t i = 0; i < 30; ++i) {
        data.segments.emplace(Numbered("s", i), MakeItem(Numbered("s", i), version));
    }
    for (std::size_t i = 0; i < 10; ++i) {
        auto const key = Numbered(version == kOld ? "gone" : "come", i);
        data.features.emplace(key, MakeItem(key, version));
        data.segments.emplace(key, MakeItem(key, version));
    }
    return data;
}

class InitFaultConformance : public ::testing::TestWithParam<TablePlaceMaker> {
  protected:
    InitFaultConformance()
        : place_(GetParam().make()),
          writer_(place_->Make("", InitWrites::kBatched)),
          old_(DataOf(kOld)),
          new_(DataOf(kNew)) {
        EXPECT_TRUE(writer_->Init(old_).has_value());
    }

    [[nodiscard]] test_support::FakeDynamoDbClient& Fake() { return place_->Fake(); }

    /// What any reader may count on at any moment of an Init from old_ to new_.
    void CheckInvariants() {
        auto const loaded = place_->Make()->LoadAll();
        ASSERT_TRUE(loaded.has_value());
        ASSERT_THAT(loaded->malformed, IsEmpty());
        auto const& now = loaded->data;
        auto const is_new = [](ItemMap const& items, std::string const& key) {
            auto const it = items.find(key);
            return it != items.end() && it->second.version == kNew;
        };
        bool some_flag_is_new = false;
        for (std::size_t i = 0; i < 45; ++i) {
            auto const key = Numbered("f", i);
            ASSERT_EQ(now.features.count(key), 1U) << key << " is in the old and in the new data";
            if (!is_new(now.features, key)) continue;
            some_flag_is_new = true;
            if (i % 5 != 0) {
                EXPECT_TRUE(is_new(now.features, Numbered("f", i - 1)))
                    << key << " was written before the flag that it needs";
            }
        }
        bool all_flags_are_new = true;
        for (auto const& [key, item] : new_.features) {
            all_flags_are_new = all_flags_are_new && is_new(now.features, key);
        }
        for (std::size_t i = 0; i < 30; ++i) {
            ASSERT_EQ(now.segments.count(Numbered("s", i)), 1U);
            if (some_flag_is_new) {
                EXPECT_TRUE(is_new(now.segments, Numbered("s", i)))
                    << "flags were written before segments";
            }
        }
        for (std::size_t i = 0; i < 10; ++i) {
            if (now.features.count(Numbered("gone", i)) == 0) {
                EXPECT_TRUE(all_flags_are_new) << "deleted before all was written";
            }
        }
        EXPECT_TRUE(place_->Make()->Initialized().value()) << "the marker never goes";
    }

    std::unique_ptr<TablePlace> place_;
    std::unique_ptr<FeatureStore> writer_;
    StoreData old_;
    StoreData new_;
};

TEST_P(InitFaultConformance, ReadersNeverMissAnItemAndNeverSeeItBeforeWhatItNeeds) {
    std::size_t writes = 0;
    Fake().on_batch_write =
        [&](BatchWriteItemRequest const& request) -> Result<BatchWriteItemResponse> {
        // One at a time and from the end: the order within a batch promises nothing.
        for (auto it = request.writes.rbegin(); it != request.writes.rend(); ++it) {
            auto one = place_->Server().BatchWriteItem({.table = request.table, .writes = {*it}});
            if (!one) return one;
            // Looking is slow on a real server; every third write is often enough to catch a gap.
            if (++writes % 3 == 0) CheckInvariants();
        }
        return BatchWriteItemResponse{};
    };
    ASSERT_TRUE(writer_->Init(new_).has_value());
    EXPECT_EQ(writes, 45U + 30U + 10U * 4U);
    CheckInvariants();
    EXPECT_EQ(place_->Make()->LoadAll().value().data, new_);
}

TEST_P(InitFaultConformance, ThePutOfTheMarkerIsTheLastWrite) {
    auto const store = place_->Make("fresh", InitWrites::kBatched);
    Fake().ForgetCalls();
    ASSERT_TRUE(store->Init(new_).has_value());
    auto const calls = Fake().Calls();
    EXPECT_EQ(std::count(calls.begin(), calls.end(), "PutItem"), 1);
    EXPECT_EQ(calls.back(), "PutItem");
    EXPECT_FALSE(std::find(calls.begin(), calls.end(), "BatchWriteItem") == calls.end());
}

TEST_P(InitFaultConformance, UnprocessedItemsInEveryBatchAreSentAgain) {
    std::size_t calls = 0;
    Fake().on_batch_write =
        [&](BatchWriteItemRequest const& request) -> Result<BatchWriteItemResponse> {
        // The table takes a part of each batch: all but one, a half, or nothing.
        ++calls;
        std::size_t const size = request.writes.size();
        std::size_t const taken = calls % 3 == 0 ? 0 : calls % 3 == 1 ? size - size / 2 : size - 1;
        BatchWriteItemRequest part{.table = request.table};
        part.writes.assign(request.writes.begin(),
                           request.writes.begin() + static_cast<std::ptrdiff_t>(taken));
        if (!part.writes.empty()) {
            auto answer = place_->Server().BatchWriteItem(part);
            if (!answer || !answer->unprocessed.empty()) return answer;
        }
        BatchWriteItemResponse response;
        response.unprocessed.assign(request.writes.begin() + static_cast<std::ptrdiff_t>(taken),
                                    request.writes.end());
        return response;
    };
    auto const report = writer_->Init(new_);
    ASSERT_TRUE(report.has_value()) << report.error().Describe();
    EXPECT_GT(calls, 10U);
    EXPECT_EQ(place_->Make()->LoadAll().value().data, new_);
}

TEST_P(InitFaultConformance, ThrottledBatchesAreSentAgain) {
    std::size_t calls = 0;
    Fake().on_batch_write =
        [&](BatchWriteItemRequest const& request) -> Result<BatchWriteItemResponse> {
        if (++calls % 2 == 1) return Fail(ErrorOf(ErrorCode::kThrottled));
        return place_->Server().BatchWriteItem(request);
    };
    ASSERT_TRUE(writer_->Init(new_).has_value());
    EXPECT_EQ(place_->Make()->LoadAll().value().data, new_);
}

TEST_P(InitFaultConformance, LostAnswersOfBatchesDoNoHarm) {
    std::size_t calls = 0;
    Fake().on_batch_write =
        [&](BatchWriteItemRequest const& request) -> Result<BatchWriteItemResponse> {
        auto answer = place_->Server().BatchWriteItem(request);
        if (++calls % 2 == 1) return Fail(ErrorOf(ErrorCode::kConnection));
        return answer;
    };
    ASSERT_TRUE(writer_->Init(new_).has_value());
    EXPECT_EQ(place_->Make()->LoadAll().value().data, new_);
}

TEST_P(InitFaultConformance, AFailedInitLosesNothingAndCanBeRepeated) {
    // Fails for good at each of its batches in turn.
    std::unique_ptr<FeatureStore> fresh;
    for (std::size_t allowed = 0; allowed < 6; ++allowed) {
        std::size_t calls = 0;
        Fake().on_batch_write =
            [&](BatchWriteItemRequest const& request) -> Result<BatchWriteItemResponse> {
            if (calls++ >= allowed) return Fail(ErrorOf(ErrorCode::kAccessDenied, "not allowed"));
            return place_->Server().BatchWriteItem(request);
        };
        auto const report = writer_->Init(new_);
        if (!report) {
            EXPECT_EQ(report.error().code, ErrorCode::kIncomplete);
            EXPECT_THAT(report.error().message, HasSubstr("rows were not written"));
            EXPECT_THAT(report.error().message, HasSubstr("not allowed"));
        }
        calls = 0;
        fresh = place_->Make("fresh" + std::to_string(allowed), InitWrites::kBatched);
        EXPECT_EQ(FailureOf(fresh->Init(new_)).code, ErrorCode::kIncomplete);
        EXPECT_FALSE(fresh->Initialized().value()) << "no marker before all is written";
        Fake().on_batch_write = nullptr;
        CheckInvariants();
    }
    ASSERT_TRUE(writer_->Init(new_).has_value());
    ASSERT_TRUE(fresh->Init(new_).has_value());
    EXPECT_EQ(place_->Make()->LoadAll().value().data, new_);
    EXPECT_EQ(place_->Make("fresh5")->LoadAll().value().data, new_);
    EXPECT_TRUE(place_->Make("fresh5")->Initialized().value());
}

TEST_P(InitFaultConformance, AnUpsertWhoseAnswerWasLostIsASuccess) {
    for (bool const old_row_comes_back : {true, false}) {
        Fake().on_put = [&](PutItemRequest const& request) {
            // What a client does that sends a request again when the connection died.
            EXPECT_FALSE(place_->Server().PutItem(request).value().condition_failed);
            auto again = place_->Server().PutItem(request);
            EXPECT_TRUE(again.value().condition_failed);  // throws without a value
            again->ambiguous = true;
            if (!old_row_comes_back) again->old_item.reset();
            return again;
        };
        auto const item = MakeItem("lost", old_row_comes_back ? 5 : 6);
        EXPECT_EQ(writer_->Upsert(kFlags, "lost", item).value(), UpsertOutcome::kWritten);
        Fake().on_put = nullptr;
        EXPECT_EQ(writer_->Get(kFlags, "lost").value(), item);
    }
}

TEST_P(InitFaultConformance, AStaleUpsertAfterALostAnswerIsStale) {
    ASSERT_EQ(writer_->Upsert(kFlags, "k", MakeItem("k", 9)).value(), UpsertOutcome::kWritten);
    Fake().on_put = [&](PutItemRequest const& request) {
        auto answer = place_->Server().PutItem(request);
        if (answer) answer->ambiguous = true;
        return answer;
    };
    EXPECT_EQ(writer_->Upsert(kFlags, "k", MakeItem("k", 8)).value(), UpsertOutcome::kStale);
    EXPECT_EQ(writer_->Upsert(kFlags, "k", MakeItem("k", 9, ",\"on\":true")).value(),
              UpsertOutcome::kStale)
        << "the same version with another text is another writer's";
}

TEST_P(InitFaultConformance, AnInitThatMeetsAnUpsertLeavesOneOfThem) {
    // Between the reading and the writing of an Init somebody else deletes a flag and adds one.
    bool done = false;
    Fake().on_batch_write = [&](BatchWriteItemRequest const& request) {
        if (!std::exchange(done, true)) {
            auto const other = place_->Make();
            EXPECT_TRUE(other->Delete(kFlags, Numbered("gone", 0), 50).has_value());
            EXPECT_TRUE(other->Upsert(kFlags, "added", MakeItem("added", 1)).has_value());
        }
        return place_->Server().BatchWriteItem(request);
    };
    ASSERT_TRUE(writer_->Init(new_).has_value());
    auto expected = new_;
    expected.features.emplace("added", MakeItem("added", 1));  // not read, so not deleted
    EXPECT_EQ(place_->Make()->LoadAll().value().data, expected);
}

std::string NameOf(::testing::TestParamInfo<TablePlaceMaker> const& info) {
    return info.param.name;
}
INSTANTIATE_TEST_SUITE_P(InProcess, InitFaultConformance, ::testing::ValuesIn(TablesInProcess()),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Server, InitFaultConformance, ::testing::ValuesIn(TablesOnServer()),
                         NameOf);

}  // namespace
}  // namespace lddynamo::conformance
