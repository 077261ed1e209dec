#include "client_fixture.hpp"

namespace lddynamo {
namespace {

using CreateTest = ClientTest;

TEST_F(CreateTest, ChecksItsOptions) {
    struct Case {
        char const* name;
        bool with_store;
        bool daemon_mode;
        Mode mode;
        int ttl;
        char const* complaint;  // nullptr: none
    };
    Case const cases[] = {
        {"defaults", true, true, Mode::kTtl, 15000, nullptr},
        {"no store", false, true, Mode::kTtl, 15000, "data_store"},
        {"not daemon mode", true, false, Mode::kTtl, 15000, "daemon_mode"},
        {"no ttl", true, true, Mode::kTtl, 0, "ttl"},
        {"negative ttl", true, true, Mode::kTtl, -1, "ttl"},
        {"least ttl", true, true, Mode::kTtl, 1, nullptr},
        {"ttl does not matter when off", true, true, Mode::kOff, 0, nullptr},
        {"ttl does not matter for infinite", true, true, Mode::kInfinite, 0, nullptr},
    };
    for (Case const& c : cases) {
        ClientOptions options;
        if (c.with_store) options.data_store = store_;
        options.daemon_mode = c.daemon_mode;
        options.cache.mode = c.mode;
        options.cache.ttl = std::chrono::milliseconds(c.ttl);
        auto const client = Client::Create(options);
        ASSERT_EQ(client.has_value(), c.complaint == nullptr) << c.name;
        if (client) continue;
        EXPECT_EQ(client.error().code, ErrorCode::kInvalidArgument) << c.name;
        EXPECT_THAT(client.error().message, ::testing::HasSubstr(c.complaint)) << c.name;
    }
    EXPECT_EQ(store_->ReadCount(), 0U);
}

TEST_F(CreateTest, ChecksTheTimesOfAStream) {
    struct Case {
        std::chrono::milliseconds delay;
        std::chrono::milliseconds read_timeout;
        char const* complaint;  // nullptr: none
    };
    constexpr std::chrono::milliseconds kUsual{1000};
    constexpr auto kMost = std::chrono::milliseconds::max();
    for (Case const& c :
         {Case{-kUsual / 1000, kUsual, "initial_reconnect_delay"},
          Case{kUsual, kUsual * 0, "read_timeout"}, Case{kUsual, -kUsual, "read_timeout"},
          Case{kMost, kMost, nullptr}, Case{kUsual * 0, kUsual / 1000, nullptr}}) {
        ClientOptions options;
        options.data_store = store_;
        options.daemon_mode = true;
        options.data_source = StreamingOptions{c.delay, c.read_timeout};
        auto const client = Client::Create(options);
        ASSERT_EQ(client.has_value(), c.complaint == nullptr);
        if (client) continue;
        EXPECT_EQ(client.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(client.error().message, ::testing::HasSubstr(c.complaint));
    }
}

TEST_F(CreateTest, LongestTtlDoesNotOverflow) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    CacheOptions cache;
    cache.ttl = std::chrono::milliseconds::max();
    auto const client = Make(cache);
    EXPECT_EQ(Get(*client, "f"), "a");
    clock_.Advance(std::chrono::hours(24 * 365));
    EXPECT_EQ(Get(*client, "f"), "a");
    EXPECT_EQ(store_->ReadCount(), 1U);
}

TEST_F(CreateTest, InitializedIsTheStoresAnswer) {
    auto const client = Make();
    EXPECT_FALSE(client->Initialized().value());
    ASSERT_TRUE(store_->Init({}).has_value());
    EXPECT_TRUE(client->Initialized().value());
    store_->FailAsUnavailable();
    EXPECT_EQ(client->Initialized().error().code, ErrorCode::kUnavailable);
    store_->Fail(std::nullopt);
    store_->Throw(true);
    EXPECT_EQ(client->Initialized().error().code, ErrorCode::kInternal);
}

}  // namespace
}  // namespace lddynamo
