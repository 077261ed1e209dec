// 100,000 flags: written, read, listed and preloaded, with the memory that it took.
#include <lddynamo/client.hpp>
#include <lddynamo/dynamodb_feature_store.hpp>
#include <lddynamo/testing/memory_dynamodb.hpp>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

namespace lddynamo {
namespace {

constexpr std::size_t kFlags = 100'000;

void PrintPeak(char const* after) {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    std::printf("peak memory after %s: %ld MB\n", after, usage.ru_maxrss / 1024);
}

StoreData MakeFlags() {
    StoreData data;
    for (std::size_t i = 0; i < kFlags; ++i) {
        auto const key = "flag-" + std::to_string(i);
        data.features.emplace(
            key, SerializedItem{.version = 1,
                                .json = "{\"key\":\"" + key +
                                        "\",\"version\":1,\"on\":true,\"variations\":[true,false],"
                                        "\"fallthrough\":{\"variation\":0},\"offVariation\":1,"
                                        "\"salt\":\"s\"}"});
    }
    return data;
}

TEST(LargeTableTest, AHundredThousandFlagsWork) {
    auto const memory = std::make_shared<test_support::MemoryDynamoDb>();
    ASSERT_TRUE(CreateFeatureTable(*memory, "flags").has_value());
    auto const make = [&] {
        DynamoDbFeatureStoreOptions options;
        options.table = "flags";
        options.client = memory;
        return std::move(*DynamoDbFeatureStore::Create(std::move(options)));
    };
    auto const data = MakeFlags();
    PrintPeak("making the data");
    auto const report = make()->Init(data);
    ASSERT_TRUE(report.has_value()) << report.error().Describe();
    EXPECT_EQ(report->written, kFlags);
    PrintPeak("Init (the table itself is in this process)");
    EXPECT_EQ(make()->All(DataKind::kFeatures).value().items.size(), kFlags);
    EXPECT_EQ(make()->LoadAll().value().data, data);
    PrintPeak("All and LoadAll");
    EXPECT_EQ(make()->Init(data).value().unchanged, kFlags);

    ClientOptions options;
    options.daemon_mode = true;
    options.data_store = make();
    options.load = LoadMode::kPreload;
    auto const client = Client::Create(std::move(options));
    ASSERT_TRUE(client.has_value()) << client.error().Describe();
    auto const user = Context::Builder("user", "bob").Build();
    EXPECT_TRUE((*client)->BoolVariation("flag-99999", *user, false));
    PrintPeak("a client's preload");
    EXPECT_EQ((*client)->AllFlags(*user).Flags().size(), kFlags);
    PrintPeak("the state of all flags");
}

}  // namespace
}  // namespace lddynamo
