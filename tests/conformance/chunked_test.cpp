// Oversize items kept as chunks, on every table that there is.
#include "conformance/sample_items.hpp"
#include "conformance/store_factory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo::conformance {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kFlags = DataKind::kFeatures;

/// An item of that many bytes that does not compress well.
SerializedItem Large(std::string const& key, std::int64_t version, std::size_t size) {
    std::string salt;
    std::uint64_t seed = 7;
    while (salt.size() < size) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        salt += static_cast<char>('0' + (seed >> 58U));
    }
    for (auto& c : salt) {
        if (c == '\\') c = 'x';
    }
    return MakeItem(key, version, R"(,"salt":")" + salt + "\"");
}

class ChunkedConformance : public ::testing::TestWithParam<TablePlaceMaker> {
  protected:
    std::unique_ptr<TablePlace> place_ = GetParam().make();
    std::unique_ptr<FeatureStore> store_ = place_->Make("p");
};

TEST_P(ChunkedConformance, LargeItemsAreStoredReplacedAndRemoved) {
    StoreData data = {.features = {{"big", Large("big", 1, 1'500'000)}, {"a", MakeItem("a", 1)}},
                      .segments = {{"wide", Large("wide", 1, 420'000)}}};
    ASSERT_TRUE(store_->Init(data).has_value());
    EXPECT_EQ(place_->Make("p")->LoadAll().value().data, data);
    EXPECT_EQ(place_->Make("p")->Get(kFlags, "big").value(), data.features.at("big"));
    EXPECT_THAT(place_->Make("q")->LoadAll().value().data.features, IsEmpty());
    EXPECT_THAT(place_->Rows("p:features"), SizeIs(1));
    EXPECT_THAT(place_->Rows("p:$lddynamo_chunks"), SizeIs(3 - 1));

    data.features.at("big") = Large("big", 2, 900'000);
    EXPECT_EQ(store_->Upsert(kFlags, "big", data.features.at("big")).value(),
              UpsertOutcome::kWritten);
    EXPECT_EQ(store_->Upsert(kFlags, "big", MakeItem("big", 1)).value(), UpsertOutcome::kStale);
    EXPECT_EQ(place_->Make("p")->LoadAll().value().data, data);
    place_->Fake().ForgetCalls();
    EXPECT_EQ(store_->Init(data).value().unchanged, 3U);
    EXPECT_EQ(place_->Fake().CallCount("BatchWriteItem"), 0U);

    EXPECT_EQ(store_->Delete(kFlags, "big", 3).value(), UpsertOutcome::kWritten);
    EXPECT_TRUE(store_->Get(kFlags, "big").value().value().deleted);
    EXPECT_THAT(place_->Rows("p:$lddynamo_chunks"), IsEmpty());
    ASSERT_TRUE(store_->Init({}).has_value());
    EXPECT_EQ(place_->Make("p")->LoadAll().value().data, StoreData());
}

std::string NameOf(::testing::TestParamInfo<TablePlaceMaker> const& info) {
    return info.param.name;
}
INSTANTIATE_TEST_SUITE_P(InProcess, ChunkedConformance, ::testing::ValuesIn(ChunkedTables(false)),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Server, ChunkedConformance, ::testing::ValuesIn(ChunkedTables(true)),
                         NameOf);

}  // namespace
}  // namespace lddynamo::conformance
