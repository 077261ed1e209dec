// Chunked items while a writer dies at any request, and while others read at any request.
#include "unit/store/chunked_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <ostream>

namespace lddynamo {
namespace {

using test_support::BigItem;
using test_support::ChunkedTable;
using test_support::ErrorOf;
using test_support::FakeDynamoDbClient;
using test_support::MemoryDynamoDb;
using test_support::SmallItem;
using test_support::WideItem;
using ::testing::IsEmpty;

constexpr auto kFlags = DataKind::kFeatures;

/// From an item to a newer one.
struct Transition {
    std::string name;
    std::vector<SerializedItem> before;  // upserted one after another
    SerializedItem after;
};

void PrintTo(Transition const& transition, std::ostream* out) {
    *out << transition.name;
}

std::vector<Transition> Transitions() {
    return {{"NewBig", {}, BigItem("k", 2)},
            {"SmallToBig", {SmallItem("k", 1)}, BigItem("k", 2)},
            {"BigToBig", {BigItem("k", 1)}, BigItem("k", 2)},
            {"BigToWide", {BigItem("k", 1)}, WideItem("k", 2)},
            {"BigToSmall", {BigItem("k", 1)}, SmallItem("k", 2)},
            {"OverSmallBigToSmall", {SmallItem("k", 1), BigItem("k", 2)}, SmallItem("k", 3)},
            {"RetiredToBig", {BigItem("k", 1), SmallItem("k", 2)}, BigItem("k", 3)},
            {"BigToTombstone", {BigItem("k", 1)}, MakeTombstone("k", 2)}};
}

class ChunkedCrashTest : public ::testing::TestWithParam<Transition> {
  protected:
    void Start(ChunkedTable& table) {
        auto const store = table.Make();
        StoreData data;
        data.features.emplace("other", SmallItem("other", 1));
        ASSERT_TRUE(store->Init(data).has_value());
        for (auto const& item : GetParam().before) {
            ASSERT_EQ(store->Upsert(kFlags, "k", item).value(), UpsertOutcome::kWritten);
        }
    }
    [[nodiscard]] static std::optional<SerializedItem> Old() {
        auto const& before = GetParam().before;
        return before.empty() ? std::nullopt : std::optional<SerializedItem>(before.back());
    }

    /// Lets `write` die at each of its requests, undone or done, and looks at what is left.
    void DieEverywhere(std::function<bool(FeatureStore&)> const& write) {
        bool finished = false;
        for (std::size_t at = 0; !finished; ++at) {
            ASSERT_LT(at, 100U);
            for (bool const done : {false, true}) {
                ChunkedTable table;
                Start(table);
                std::size_t calls = 0;
                bool died = false;
                table.memory->SetFaults(
                    [&](std::string_view) -> std::optional<MemoryDynamoDb::Fault> {
                        if (calls++ < at) return std::nullopt;
                        MemoryDynamoDb::Fault fault;
                        // Final, so that nothing is tried again; after it, nothing goes through.
                        auto error = ErrorOf(ErrorCode::kAccessDenied);
                        (done && !died ? fault.error_after : fault.error) = std::move(error);
                        died = true;
                        return fault;
                    });
                bool const acknowledged = write(*table.Make());
                table.memory->SetFaults(nullptr);
                if (!died) finished = true;

                auto const now = table.Make()->Get(kFlags, "k");
                ASSERT_TRUE(now.has_value()) << now.error().message << " at request " << at;
                EXPECT_TRUE(*now == Old() || *now == GetParam().after) << "at request " << at;
                if (acknowledged) {
                    EXPECT_EQ(*now, GetParam().after) << "at request " << at;
                }
                auto const all = table.Make()->LoadAll().value();
                EXPECT_THAT(all.malformed, IsEmpty());
                EXPECT_EQ(all.data.features.count("k"), now->has_value() ? 1U : 0U);

                // Once more, without dying.
                EXPECT_TRUE(write(*table.Make()));
                EXPECT_EQ(table.Make()->Get(kFlags, "k").value(), GetParam().after);
                // A day later nothing is left over.
                table.clock.Advance(std::chrono::hours(25));
                StoreData data = table.Make()->LoadAll().value().data;
                ASSERT_TRUE(table.Make()->Init(data).has_value());
                EXPECT_EQ(table.Rows("$lddynamo_chunks").size(),
                          GetParam().after.json.size() > 500'000 ? 1U : 0U)
                    << "at request " << at;
                EXPECT_EQ(table.Make()->LoadAll().value().data, data);
            }
        }
    }
};

TEST_P(ChunkedCrashTest, AnUpsertThatDiesLeavesTheOldOrTheNewItem) {
    DieEverywhere([](FeatureStore& store) {
        return store.Upsert(kFlags, "k", GetParam().after).has_value();
    });
}

TEST_P(ChunkedCrashTest, AnInitThatDiesLeavesTheOldOrTheNewItem) {
    StoreData data;
    data.features = {{"other", SmallItem("other", 1)}, {"k", GetParam().after}};
    DieEverywhere([&](FeatureStore& store) { return store.Init(data).has_value(); });
}

/// Does every key of a BatchGetItem by itself, in that order or the other: the service promises no
/// common moment. `between` runs before each read, also of a Query.
std::shared_ptr<FakeDynamoDbClient> SlowReader(ChunkedTable& table, bool backwards,
                                               std::function<void()> between) {
    auto fake = std::make_shared<FakeDynamoDbClient>(table.memory);
    fake->on_batch_get = [&table, backwards, between](
                             BatchGetItemRequest const& request) -> Result<BatchGetItemResponse> {
        BatchGetItemResponse answer;
        auto keys = request.keys;
        if (backwards) std::reverse(keys.begin(), keys.end());
        for (auto const& key : keys) {
            between();
            auto row = table.memory->GetItem({.table = request.table, .key = key});
            if (row && row->item) answer.items.push_back(std::move(*row->item));
        }
        return answer;
    };
    fake->on_query = [&table, between](QueryRequest const& request) {
        between();
        return table.memory->Query(request);
    };
    return fake;
}

TEST_P(ChunkedCrashTest, AReaderSeesTheOldOrTheNewItemWheneverItIsReplaced) {
    for (bool const with_init : {false, true}) {
        for (int const way : {0, 1, 2}) {  // Get in both orders, LoadAll
            bool passed = false;
            for (std::size_t at = 0; !passed; ++at) {
                ASSERT_LT(at, 100U);
                ChunkedTable table;
                Start(table);
                std::size_t reads = 0;
                bool replaced = false;
                auto const replace = [&] {
                    if (reads++ != at) return;
                    replaced = true;
                    if (with_init) {
                        StoreData data;
                        data.features = {{"other", SmallItem("other", 1)}, {"k", GetParam().after}};
                        ASSERT_TRUE(table.Make()->Init(data).has_value());
                    } else {
                        ASSERT_EQ(table.Make()->Upsert(kFlags, "k", GetParam().after).value(),
                                  UpsertOutcome::kWritten);
                    }
                };
                auto const reader = table.Make(SlowReader(table, way == 1, replace));
                std::optional<SerializedItem> seen;
                if (way == 2) {
                    auto const all = reader->LoadAll();
                    ASSERT_TRUE(all.has_value());
                    EXPECT_THAT(all->malformed, IsEmpty());
                    auto const it = all->data.features.find("k");
                    if (it != all->data.features.end()) seen = it->second;
                } else {
                    auto const got = reader->Get(kFlags, "k");
                    ASSERT_TRUE(got.has_value()) << got.error().message;
                    seen = *got;
                }
                EXPECT_TRUE(seen == Old() || seen == GetParam().after)
                    << "replaced before read " << at << ", way " << way << ", saw version "
                    << (seen ? seen->version : -1);
                passed = !replaced;
            }
        }
    }
}

/// Refuses every call from number `at` on.
void FailFrom(MemoryDynamoDb& memory, std::size_t at) {
    memory.SetFaults([at, calls = std::size_t{0}](std::string_view) mutable {
        if (calls++ < at) return std::optional<MemoryDynamoDb::Fault>();
        return std::optional(MemoryDynamoDb::Fault{.error = ErrorOf(ErrorCode::kAccessDenied)});
    });
}

/// A head that its Upsert could not retire: the official row is newer.
void LeaveSupersededHead(ChunkedTable& table) {
    ASSERT_EQ(table.Make()->Upsert(kFlags, "k", BigItem("k", 4)).value(), UpsertOutcome::kWritten);
    auto const fake = std::make_shared<FakeDynamoDbClient>(table.memory);
    fake->on_put = [&](PutItemRequest const& request) -> Result<WriteResponse> {
        if (*request.item.at("namespace").AsS() == "p:features") {
            return table.memory->PutItem(request);
        }
        return Fail(ErrorOf(ErrorCode::kAccessDenied));
    };
    ASSERT_EQ(table.Make(fake)->Upsert(kFlags, "k", SmallItem("k", 5)).value(),
              UpsertOutcome::kWritten);
    ASSERT_EQ(table.Make()->Get(kFlags, "k").value(), SmallItem("k", 5));
}

TEST(SupersededHeadTest, IsNeverSeenAgainWhereverAnInitDies) {
    for (bool const stays : {false, true}) {  // by an older version
        StoreData data;
        data.features.emplace("other", SmallItem("other", 1));
        if (stays) data.features.emplace("k", SmallItem("k", 2));
        bool finished = false;
        for (std::size_t at = 0; !finished; ++at) {
            ASSERT_LT(at, 50U);
            ChunkedTable table;
            LeaveSupersededHead(table);
            FailFrom(*table.memory, at);
            finished = table.Make()->Init(data).has_value();
            table.memory->SetFaults(nullptr);
            auto const now = table.Make()->Get(kFlags, "k").value();
            if (finished) {
                EXPECT_EQ(now, stays ? std::optional(SmallItem("k", 2)) : std::nullopt);
            } else if (now) {
                EXPECT_NE(now->version, 4) << "at request " << at;
            }
        }
    }
}

TEST(ChunkedOrderTest, AFlagIsNeverSeenBeforeTheSegmentThatItNeeds) {
    StoreData before;
    before.segments.emplace("s", BigItem("s", 3));  // hides an official row that is older
    before.features.emplace("f", SmallItem("f", 1));
    StoreData after;
    after.segments.emplace("s", SmallItem("s", 2));
    after.features.emplace("f", SmallItem("f", 2));
    bool finished = false;
    std::size_t halfway = 0;
    for (std::size_t at = 0; !finished; ++at) {
        ASSERT_LT(at, 50U);
        ChunkedTable table;
        ASSERT_TRUE(table.Make()->Init(before).has_value());
        FailFrom(*table.memory, at);
        finished = table.Make()->Init(after).has_value();
        table.memory->SetFaults(nullptr);
        auto const now = table.Make()->LoadAll().value().data;
        if (now.features.at("f").version == 2) {
            EXPECT_EQ(now.segments.at("s").version, 2) << "at request " << at;
        } else if (now.segments.at("s").version == 2) {
            ++halfway;
        }
    }
    EXPECT_GT(halfway, 0U);
}

TEST(RetiredHeadTest, AReaderPassesOverTheRowThatTheHeadHid) {
    ChunkedTable table;
    auto const store = table.Make();
    ASSERT_EQ(store->Upsert(kFlags, "k", SmallItem("k", 8)).value(), UpsertOutcome::kWritten);
    ASSERT_EQ(store->Upsert(kFlags, "k", BigItem("k", 9)).value(), UpsertOutcome::kWritten);
    int reads = 0;
    auto const reset = [&] {  // once the reader has met the official row, version 8
        if (++reads != 2) return;
        ASSERT_TRUE(store->Init({.features = {{"k", SmallItem("k", 2)}}}).has_value());
    };
    auto const seen = table.Make(SlowReader(table, false, reset))->Get(kFlags, "k");
    EXPECT_EQ(seen.value(), SmallItem("k", 2));
}

std::string NameOf(::testing::TestParamInfo<Transition> const& info) {
    return info.param.name;
}
INSTANTIATE_TEST_SUITE_P(All, ChunkedCrashTest, ::testing::ValuesIn(Transitions()), NameOf);

}  // namespace
}  // namespace lddynamo
