// What every FeatureStore does.
#include "conformance/sample_items.hpp"
#include "conformance/store_factory.hpp"
#include "support/results.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace lddynamo::conformance {
namespace {

using test_support::FailureOf;
using ::testing::IsEmpty;

constexpr auto kFlags = DataKind::kFeatures;
constexpr auto kSegments = DataKind::kSegments;

class FeatureStoreConformance : public ::testing::TestWithParam<PlaceMaker> {
  protected:
    FeatureStoreConformance() : place_(GetParam().make()), store_(place_->Make()) {}

    void Init(StoreData const& data) {
        auto const report = store_->Init(data);
        ASSERT_TRUE(report.has_value()) << report.error().Describe();
        ASSERT_THAT(report->oversize, IsEmpty());
    }
    std::optional<SerializedItem> Get(DataKind kind, std::string_view key) {
        auto item = store_->Get(kind, key);
        EXPECT_TRUE(item.has_value()) << item.error().Describe();
        return item.value_or(std::nullopt);
    }
    StoreData Load() {
        auto loaded = store_->LoadAll();
        EXPECT_TRUE(loaded.has_value()) << loaded.error().Describe();
        if (!loaded) return {};
        EXPECT_THAT(loaded->malformed, IsEmpty());
        return std::move(loaded->data);
    }
    UpsertOutcome Upsert(DataKind kind, std::string_view key, SerializedItem const& item) {
        auto const outcome = store_->Upsert(kind, key, item);
        EXPECT_TRUE(outcome.has_value()) << outcome.error().Describe();
        return outcome.value_or(UpsertOutcome::kOversize);
    }

    std::unique_ptr<StorePlace> place_;
    std::unique_ptr<FeatureStore> store_;
};

TEST_P(FeatureStoreConformance, IsEmptyAndNotInitializedAtFirst) {
    EXPECT_FALSE(store_->Initialized().value());
    EXPECT_EQ(Load(), StoreData{});
    EXPECT_EQ(Get(kFlags, "k"), std::nullopt);
    EXPECT_THAT(store_->All(kFlags).value().items, IsEmpty());
}

TEST_P(FeatureStoreConformance, InitWithNothingInitializes) {
    Init({});
    EXPECT_TRUE(store_->Initialized().value());
    EXPECT_EQ(Load(), StoreData{});
}

TEST_P(FeatureStoreConformance, InitReplacesEverything) {
    StoreData const first = {
        .features = {{"a", MakeItem("a", 1)}, {"b", MakeItem("b", 1)}, {"c", MakeItem("c", 9)}},
        .segments = {{"s", MakeItem("s", 1)}, {"t", MakeItem("t", 1)}}};
    Init(first);
    EXPECT_TRUE(store_->Initialized().value());
    EXPECT_EQ(Load(), first);
    StoreData const second = {
        .features = {{"a", MakeItem("a", 1)}, {"c", MakeItem("c", 8)}, {"d", MakeItem("d", 1)}},
        .segments = {{"t", MakeTombstone("t", 2)}}};
    auto const report = store_->Init(second);
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->unchanged, 1U);
    EXPECT_EQ(report->written, 3U) << "an older version replaces a newer one: Init is the truth";
    EXPECT_EQ(report->deleted, 2U);
    EXPECT_EQ(Load(), second);
    EXPECT_EQ(Get(kFlags, "b"), std::nullopt);
    EXPECT_EQ(Get(kSegments, "s"), std::nullopt);
}

TEST_P(FeatureStoreConformance, InitAgainChangesNothing) {
    StoreData data;
    for (std::size_t i = 0; i < 60; ++i) {
        auto const key = Numbered("k", i);
        data.features.emplace(key, i % 7 == 0 ? MakeTombstone(key, 3) : MakeItem(key, 3));
        data.segments.emplace(key, MakeItem(key, 4));
    }
    Init(data);
    auto const report = store_->Init(data);
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->written, 0U);
    EXPECT_EQ(report->deleted, 0U);
    EXPECT_EQ(report->unchanged, 120U);
    EXPECT_EQ(Load(), data);
}

TEST_P(FeatureStoreConformance, InitEmptiesAStore) {
    Init({.features = {{"a", MakeItem("a", 1)}}, .segments = {{"s", MakeItem("s", 1)}}});
    Init({});
    EXPECT_EQ(Load(), StoreData{});
    EXPECT_TRUE(store_->Initialized().value());
}

TEST_P(FeatureStoreConformance, KindsAreApart) {
    Init({.features = {{"k", MakeItem("k", 1)}}, .segments = {{"k", MakeItem("k", 2)}}});
    EXPECT_EQ(Get(kFlags, "k"), MakeItem("k", 1));
    EXPECT_EQ(Get(kSegments, "k"), MakeItem("k", 2));
    EXPECT_EQ(Upsert(kSegments, "k", MakeItem("k", 5)), UpsertOutcome::kWritten);
    EXPECT_EQ(Get(kFlags, "k"), MakeItem("k", 1));
    EXPECT_EQ(store_->All(kSegments).value().items.at("k"), MakeItem("k", 5));
}

TEST_P(FeatureStoreConformance, UpsertWritesOnlyNewerVersions) {
    struct Case {
        char const* name;
        std::optional<SerializedItem> before;
        SerializedItem item;
        UpsertOutcome outcome;
    };
    auto const live = [](std::int64_t version) { return MakeItem("k", version); };
    auto const dead = [](std::int64_t version) { return MakeTombstone("k", version); };
    std::vector<Case> const cases = {
        {"into nothing", {}, live(1), UpsertOutcome::kWritten},
        {"version 0 into nothing", {}, live(0), UpsertOutcome::kWritten},
        {"newer", live(5), live(6), UpsertOutcome::kWritten},
        {"much newer", live(9), live(10), UpsertOutcome::kWritten},  // not compared as text
        {"equal", live(5), MakeItem("k", 5, ",\"on\":true"), UpsertOutcome::kStale},
        {"older", live(10), live(9), UpsertOutcome::kStale},
        {"tombstone into nothing", {}, dead(3), UpsertOutcome::kWritten},
        {"newer tombstone", live(5), dead(6), UpsertOutcome::kWritten},
        {"equal tombstone", live(5), dead(5), UpsertOutcome::kStale},
        {"older tombstone", live(5), dead(4), UpsertOutcome::kStale},
        {"newer over a tombstone", dead(5), live(6), UpsertOutcome::kWritten},
        {"equal over a tombstone", dead(5), live(5), UpsertOutcome::kStale},
        {"older over a tombstone", dead(5), live(4), UpsertOutcome::kStale},
        {"large versions", live(9007199254740992), live(9007199254740993), UpsertOutcome::kWritten},
    };
    for (auto const& test : cases) {
        StoreData data;
        if (test.before) data.features.emplace("k", *test.before);
        Init(data);
        EXPECT_EQ(Upsert(kFlags, "k", test.item), test.outcome) << test.name;
        auto const expected =
            test.outcome == UpsertOutcome::kWritten ? std::optional(test.item) : test.before;
        EXPECT_EQ(Get(kFlags, "k"), expected) << test.name;
    }
}

TEST_P(FeatureStoreConformance, UpsertDoesNotInitialize) {
    EXPECT_EQ(Upsert(kFlags, "k", MakeItem("k", 1)), UpsertOutcome::kWritten);
    EXPECT_FALSE(store_->Initialized().value());
    EXPECT_EQ(Get(kFlags, "k"), MakeItem("k", 1));
}

TEST_P(FeatureStoreConformance, DeleteLeavesATombstone) {
    Init({.features = {{"k", MakeItem("k", 5)}}});
    EXPECT_EQ(store_->Delete(kFlags, "k", 5).value(), UpsertOutcome::kStale);
    EXPECT_EQ(Get(kFlags, "k"), MakeItem("k", 5));
    EXPECT_EQ(store_->Delete(kFlags, "k", 6).value(), UpsertOutcome::kWritten);
    EXPECT_EQ(Get(kFlags, "k"), MakeTombstone("k", 6));
    EXPECT_EQ(store_->All(kFlags).value().items.at("k"), MakeTombstone("k", 6));
    EXPECT_EQ(store_->Delete(kFlags, "never-seen", 2).value(), UpsertOutcome::kWritten);
    EXPECT_EQ(Upsert(kFlags, "never-seen", MakeItem("never-seen", 1)), UpsertOutcome::kStale);
}

TEST_P(FeatureStoreConformance, TombstonesGetAReadableText) {
    SerializedItem const bare = {.version = 4, .deleted = true, .json = "null"};
    Init({.features = {{"a", bare}}});
    EXPECT_EQ(Upsert(kFlags, "b", bare), UpsertOutcome::kWritten);
    EXPECT_EQ(Get(kFlags, "a"), MakeTombstone("a", 4));
    EXPECT_EQ(Get(kFlags, "b"), MakeTombstone("b", 4));
    SerializedItem const own = {
        .version = 5, .deleted = true, .json = R"({"version":5,"deleted":true,"key":"$deleted"})"};
    EXPECT_EQ(Upsert(kFlags, "a", own), UpsertOutcome::kWritten);
    EXPECT_EQ(Get(kFlags, "a"), own);
}

TEST_P(FeatureStoreConformance, TakesOddKeys) {
    std::vector<std::string> const keys = {
        "plain",
        " ",
        "with space",
        "a/b\\c",
        "quote\"'`",
        "$",
        "$inited",
        "features",
        "a$b:c",
        "namespace",
        "key",
        "#k",
        ":v",
        "UPPER and lower",
        "upper and lower",
        "Ünïcödé",
        "日本語",
        "\xf0\x9f\x9a\xa9",
        "e\xcc\x81",  // e and a combining accent
        "\xc3\xa9",   // the same letter, composed: another key
        "tab\tnewline\n",
        "\x01\x7f",
        "\xef\xbf\xbf",
        "<script>&amp;",
        std::string(1024, 'x'),
        std::string(1023, 'x') + "y",
    };
    StoreData data;
    for (auto const& key : keys) {
        data.features.emplace(key, MakeItem("any", 1));
        data.segments.emplace(key, MakeTombstone(key, 1));
    }
    Init(data);
    EXPECT_EQ(Load(), data);
    std::vector<ItemKey> wanted;
    for (auto const& key : keys) {
        EXPECT_EQ(Get(kFlags, key), MakeItem("any", 1)) << key;
        wanted.push_back({kFlags, key});
        EXPECT_EQ(Upsert(kSegments, key, MakeItem("any", 2)), UpsertOutcome::kWritten) << key;
        EXPECT_EQ(Get(kSegments, key), MakeItem("any", 2)) << key;
    }
    EXPECT_EQ(store_->GetMany(wanted).value().items.size(), keys.size());
    Init({});
    EXPECT_EQ(Load(), StoreData{}) << "all of them can be deleted";
}

TEST_P(FeatureStoreConformance, RefusesUnstorableKeysAndChangesNothing) {
    StoreData const data = {.features = {{"k", MakeItem("k", 1)}}};
    Init(data);
    for (std::string const& key : {std::string(), std::string(1025, 'x'), std::string("\xff")}) {
        EXPECT_EQ(Get(kFlags, key), std::nullopt);
        EXPECT_EQ(FailureOf(store_->Upsert(kFlags, key, MakeItem("k", 1))).code,
                  ErrorCode::kInvalidArgument);
        EXPECT_EQ(FailureOf(store_->Delete(kFlags, key, 1)).code, ErrorCode::kInvalidArgument);
        EXPECT_EQ(FailureOf(store_->Init({.segments = {{key, MakeItem("k", 1)}}})).code,
                  ErrorCode::kInvalidArgument);
    }
    EXPECT_EQ(Load(), data);
}

TEST_P(FeatureStoreConformance, RefusesUnreadableTextAndChangesNothing) {
    StoreData const data = {.features = {{"k", MakeItem("k", 1)}}};
    Init(data);
    for (char const* json : {"", "null", "[]", "{", "{} {}", "\"{}\"", "{\"a\":\"\xff\"}"}) {
        SerializedItem const item = {.version = 2, .json = json};
        EXPECT_EQ(FailureOf(store_->Upsert(kFlags, "k", item)).code, ErrorCode::kInvalidData)
            << json;
        EXPECT_EQ(FailureOf(store_->Init({.segments = {{"k", item}}})).code,
                  ErrorCode::kInvalidData)
            << json;
    }
    EXPECT_EQ(Load(), data);
}

TEST_P(FeatureStoreConformance, KeepsEveryByteOfAText) {
    std::vector<std::string> const texts = {
        "{}",
        "  {\n\t\"key\" : \"k\" ,\r\n \"version\" : 1 }  ",
        R"({"escapes":"\u00e9\n\t\"\\\/\b\f\r\u0000","raw":"é/日本語"})",
        R"({"emoji":")"
        "\xf0\x9f\x9a\xa9"
        R"(","escaped":"\ud83d\udea9"})",
        "{\"del\":\"\x7f\",\"separators\":\"\xe2\x80\xa8\xe2\x80\xa9\"}",
        R"({"big":123456789012345678901234567890,"exact":0.1000000000000000055511151231257827})",
        R"({"zeros":1.000,"exponents":[1E5,1e+5,1e-5,-0,-0.0]})",
        R"({"twice":1,"twice":2,"key":"a","key":"b"})",
        R"({"":"empty name","<html>":"&amp;'"})",
        R"({"deep":)" + std::string(100, '[') + std::string(100, ']') + "}",
    };
    StoreData data;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        data.features.emplace(Numbered("init", i), SerializedItem{.version = 1, .json = texts[i]});
    }
    Init(data);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        SerializedItem const item{.version = 1, .json = texts[i]};
        EXPECT_EQ(Upsert(kFlags, Numbered("upsert", i), item), UpsertOutcome::kWritten);
        EXPECT_EQ(Get(kFlags, Numbered("init", i)), item);
        EXPECT_EQ(Get(kFlags, Numbered("upsert", i)), item);
        EXPECT_EQ(store_->All(kFlags).value().items.at(Numbered("upsert", i)), item);
    }
}

TEST_P(FeatureStoreConformance, StoresUnderTheKeyOfTheMap) {
    Init({.features = {{"mapped", MakeItem("inner", 1)}}});
    EXPECT_EQ(Get(kFlags, "mapped"), MakeItem("inner", 1));
    EXPECT_EQ(Get(kFlags, "inner"), std::nullopt);
}

TEST_P(FeatureStoreConformance, TakesAThousandItemsOfOverAMegabyte) {
    StoreData data;
    for (std::size_t i = 0; i < 1000; ++i) {
        auto const key = Numbered("flag-", i);
        data.features.emplace(
            key,
            MakeItem(key, 1,
                     ",\"fill\":\"" + std::string(2000, static_cast<char>('a' + i % 26)) + "\""));
    }
    for (std::size_t i = 0; i < 30; ++i) {
        auto const key = Numbered("segment-", i);
        data.segments.emplace(key,
                              MakeItem(key, 1, ",\"fill\":\"" + std::string(90'000, 'x') + "\""));
    }
    Init(data);
    EXPECT_EQ(Load(), data);
    EXPECT_EQ(store_->All(kSegments).value().items, data.segments);
    std::vector<ItemKey> keys;
    for (auto const& [key, item] : data.features) keys.push_back({kFlags, key});
    EXPECT_EQ(store_->GetMany(keys).value().items.size(), 1000U);
    auto const report = store_->Init(data);
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->unchanged, 1030U);
}

TEST_P(FeatureStoreConformance, GetManyGivesWhatIsThere) {
    StoreData data;
    std::vector<ItemKey> keys;
    for (std::size_t i = 0; i < 130; ++i) {
        auto const key = Numbered("k", i);
        data.features.emplace(key, MakeItem(key, 1));
        data.segments.emplace(key, MakeTombstone(key, 2));
        keys.push_back({kFlags, key});
        keys.push_back({kSegments, key});
        keys.push_back({kFlags, key});          // twice
        keys.push_back({kFlags, "no-" + key});  // absent
    }
    keys.push_back({kFlags, ""});
    keys.push_back({kFlags, std::string(5000, 'x')});
    Init(data);
    auto const many = store_->GetMany(keys);
    ASSERT_TRUE(many.has_value());
    EXPECT_THAT(many->malformed, IsEmpty());
    EXPECT_EQ(many->items.size(), 260U);
    for (auto const& [key, item] : many->items) EXPECT_EQ(item, data.Of(key.kind).at(key.key));
    EXPECT_THAT(store_->GetMany({}).value().items, IsEmpty());
}

TEST_P(FeatureStoreConformance, TheHighestOfConcurrentVersionsWins) {
    Init({.features = {{"k", MakeItem("k", 1)}}});
    constexpr int kThreads = 4;
    constexpr int kEach = 25;
    std::atomic<int> errors{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < kEach; ++i) {
                auto const version = 2 + ((i * kThreads + t) * 37) % (kThreads * kEach);
                if (!store_->Upsert(kFlags, "k", MakeItem("k", version))) ++errors;
                auto const seen = store_->Get(kFlags, "k");
                // Once written or found newer, never older again.
                if (!seen || !*seen || (*seen)->version < version) ++errors;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(errors, 0);
    EXPECT_EQ(Get(kFlags, "k"), MakeItem("k", kThreads * kEach + 1));
}

std::string NameOf(::testing::TestParamInfo<PlaceMaker> const& info) {
    return info.param.name;
}
INSTANTIATE_TEST_SUITE_P(InProcess, FeatureStoreConformance, ::testing::ValuesIn(PlacesInProcess()),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Server, FeatureStoreConformance, ::testing::ValuesIn(PlacesOnServer()),
                         NameOf);

}  // namespace
}  // namespace lddynamo::conformance
