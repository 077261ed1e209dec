/// @file
/// What tests of clients with a stream share: a local LaunchDarkly, and a store that can be broken.
#pragma once

#include "client_fixture.hpp"

#include "support/fake_launchdarkly.hpp"
#include "support/scripted_store.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace lddynamo {

/// A member of a put: `"f":{...}`.
inline std::string Member(std::string const& key, std::string const& json) {
    return "\"" + key + "\":" + json;
}

class StreamTest : public ClientTest {
  protected:
    static constexpr std::chrono::seconds kLong{20};

    test_support::FakeLaunchDarkly server_;
    std::shared_ptr<test_support::ScriptedStore> table_ =
        std::make_shared<test_support::ScriptedStore>();

    [[nodiscard]] ClientOptions Options() {
        ClientOptions options;
        options.sdk_key = Secret("sdk-key");
        server_.PointTo(options.endpoints);
        options.data_source =
            StreamingOptions{.initial_reconnect_delay = std::chrono::milliseconds(1)};
        options.events.enabled = false;
        options.logger = Logger(sink_);
        options.clock = &clock_;
        return options;
    }
    /// With everything in memory.
    [[nodiscard]] std::unique_ptr<Client> MakeInMemory() { return MakeOf(Options()); }
    /// With `table_`.
    [[nodiscard]] std::unique_ptr<Client> MakeStored(CacheOptions cache) {
        auto options = Options();
        options.data_store = table_;
        options.cache = cache;
        return MakeOf(std::move(options));
    }
    [[nodiscard]] static std::unique_ptr<Client> MakeOf(ClientOptions options) {
        auto client = Client::Create(std::move(options));
        EXPECT_TRUE(client.has_value());
        return std::move(*client);
    }
    [[nodiscard]] static bool Eventually(std::function<bool()> const& condition) {
        auto const end = std::chrono::steady_clock::now() + kLong;
        while (!condition()) {
            if (std::chrono::steady_clock::now() > end) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return true;
    }
    [[nodiscard]] bool Gets(Client& client, std::string_view flag, std::string_view value) {
        return Eventually([&] { return Get(client, flag) == value; });
    }
    /// Waits until the client has taken all that was sent so far. Not while its store fails.
    void Settle(Client& client) {
        std::string const key = "marker" + std::to_string(++markers_);
        server_.Patch("/flags/" + key, FlagJson(key, 1, "\"here\""));
        EXPECT_TRUE(Gets(client, key, "here"));
    }
    [[nodiscard]] static SerializedItem ItemOf(std::string const& key, std::string const& json) {
        return *MakeSerializedItem(key, json);
    }
    /// As another writer does.
    void Write(DataKind kind, std::string const& key, std::string const& json) {
        EXPECT_TRUE(table_->Data().Upsert(kind, key, ItemOf(key, json)).has_value());
    }
    void WriteFlag(std::string const& key, int version, std::string const& value) {
        Write(DataKind::kFeatures, key, FlagJson(key, version, value));
    }
    /// -1: there is none.
    [[nodiscard]] std::int64_t StoredVersion(DataKind kind, std::string_view key) {
        auto const item = table_->Data().Get(kind, key);
        return item && *item ? (*item)->version : -1;
    }

  private:
    int markers_ = 0;
};

}  // namespace lddynamo
