#include "client/diagnostic_data.hpp"

#include "support/counting_store.hpp"

#include <lddynamo/dynamodb_feature_store.hpp>
#include <lddynamo/memory_feature_store.hpp>
#include <lddynamo/testing/memory_dynamodb.hpp>
#include <lddynamo/version.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace lddynamo::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DiagnosticDataTest : public ::testing::Test {
  protected:
    DiagnosticDataTest() {
        options_.sdk_key = Secret("sdk-key-abcdef");
        options_.http.environment = &no_environment_;
    }
    Value Configuration() const { return MakeDiagnosticData(options_).configuration; }
    Value Get(char const* name) const { return Configuration()[name]; }

    MapEnvironment const no_environment_{};
    ClientOptions options_;
};

TEST_F(DiagnosticDataTest, OfTheDefaults) {
    auto const expected = Value::Parse(R"({
        "startWaitMillis": 0, "connectTimeoutMillis": 3000, "socketTimeoutMillis": 3000,
        "usingProxy": false, "usingRelayDaemon": false, "streamingDisabled": false,
        "customStreamURI": false, "reconnectTimeMillis": 1000, "dataStoreType": "memory",
        "allAttributesPrivate": false, "customEventsURI": false,
        "diagnosticRecordingIntervalMillis": 900000, "eventsCapacity": 10000,
        "eventsFlushIntervalMillis": 5000, "userKeysCapacity": 1000,
        "userKeysFlushIntervalMillis": 300000})");
    ASSERT_TRUE(expected);
    EXPECT_EQ(Configuration(), *expected) << Configuration().ToJson();
}

TEST_F(DiagnosticDataTest, OfPolling) {
    options_.data_source = PollingOptions{.interval = std::chrono::minutes(99)};
    EXPECT_EQ(Get("streamingDisabled"), Value(true));
    EXPECT_EQ(Get("customBaseURI"), Value(false));
    EXPECT_EQ(Get("pollingIntervalMillis"), Value(99 * 60000));
    EXPECT_EQ(Get("usingRelayDaemon"), Value(false));
    EXPECT_EQ(Configuration().Find("reconnectTimeMillis"), nullptr);
    EXPECT_EQ(Configuration().Find("customStreamURI"), nullptr);
    options_.endpoints.polling = "http://relay:8030";
    EXPECT_EQ(Get("customBaseURI"), Value(true));
}

TEST_F(DiagnosticDataTest, OfDaemonMode) {
    options_.daemon_mode = true;
    EXPECT_EQ(Get("usingRelayDaemon"), Value(true));
    for (char const* const absent : {"streamingDisabled", "customStreamURI", "customBaseURI",
                                     "reconnectTimeMillis", "pollingIntervalMillis"}) {
        EXPECT_EQ(Configuration().Find(absent), nullptr) << absent;
    }
}

TEST_F(DiagnosticDataTest, TellsOtherEndpointsByTheirBeingOthers) {
    for (char const* const same :
         {"https://stream.launchdarkly.com", "https://stream.launchdarkly.com/", ""}) {
        options_.endpoints.streaming = same;
        EXPECT_EQ(Get("customStreamURI"), Value(false)) << same;
    }
    options_.endpoints.streaming = "https://stream.launchdarkly.us";
    EXPECT_EQ(Get("customStreamURI"), Value(true));
    EXPECT_EQ(Get("customEventsURI"), Value(false));
    options_.endpoints.events = "https://events.example.com/secret-path";
    EXPECT_EQ(Get("customEventsURI"), Value(true));
    EXPECT_THAT(Configuration().ToJson(), Not(HasSubstr("example")));
}

TEST_F(DiagnosticDataTest, NamesTheKindOfStore) {
    options_.data_store = std::make_shared<MemoryFeatureStore>();
    EXPECT_EQ(Get("dataStoreType"), Value("memory"));
    options_.data_store = std::make_shared<test_support::CountingStore>();
    EXPECT_EQ(Get("dataStoreType"), Value("custom"));
    DynamoDbFeatureStoreOptions store;
    store.table = "t";
    store.client = std::make_shared<test_support::MemoryDynamoDb>();
    auto dynamodb = DynamoDbFeatureStore::Create(store);
    ASSERT_TRUE(dynamodb);
    options_.data_store = std::move(*dynamodb);
    EXPECT_EQ(Get("dataStoreType"), Value("DynamoDB"));
}

TEST_F(DiagnosticDataTest, OfEventsAndConnections) {
    options_.events.all_attributes_private = true;
    options_.events.capacity = 99;
    options_.events.flush_interval = std::chrono::seconds(1);
    options_.events.context_keys_capacity = 2;
    options_.events.context_keys_flush_interval = std::chrono::seconds(3);
    options_.events.diagnostic_interval = std::chrono::seconds(99);
    options_.http.connect_timeout = std::chrono::milliseconds(1234);
    options_.data_source =
        StreamingOptions{.initial_reconnect_delay = std::chrono::milliseconds(7)};
    EXPECT_EQ(Get("allAttributesPrivate"), Value(true));
    EXPECT_EQ(Get("eventsCapacity"), Value(99));
    EXPECT_EQ(Get("eventsFlushIntervalMillis"), Value(1000));
    EXPECT_EQ(Get("userKeysCapacity"), Value(2));
    EXPECT_EQ(Get("userKeysFlushIntervalMillis"), Value(3000));
    EXPECT_EQ(Get("diagnosticRecordingIntervalMillis"), Value(99000));
    EXPECT_EQ(Get("connectTimeoutMillis"), Value(1234));
    EXPECT_EQ(Get("socketTimeoutMillis"), Value(1234));
    EXPECT_EQ(Get("reconnectTimeMillis"), Value(7));
}

TEST_F(DiagnosticDataTest, KnowsOfAProxy) {
    for (char const* const name : {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"}) {
        std::map<std::string, std::string, std::less<>> const variables = {
            {name, "http://proxy:3128"}};
        MapEnvironment const environment(variables);
        options_.http.environment = &environment;
        options_.http.proxy.reset();
        EXPECT_EQ(Get("usingProxy"), Value(true)) << name;
        options_.http.proxy = "";  // none, whatever the environment says
        EXPECT_EQ(Get("usingProxy"), Value(false)) << name;
    }
    options_.http.environment = &no_environment_;
    options_.http.proxy = "http://user:password@proxy";
    EXPECT_EQ(Get("usingProxy"), Value(true));
    EXPECT_THAT(Configuration().ToJson(), Not(HasSubstr("password")));
}

TEST_F(DiagnosticDataTest, SaysWhatTheClientIsAndWhereItRuns) {
    auto const data = MakeDiagnosticData(options_);
    EXPECT_EQ(data.sdk, Value::Object({{"name", "lddynamo"}, {"version", Version()}}));
    EXPECT_EQ(data.platform["name"], Value("C++"));
    EXPECT_EQ(data.platform["osName"], Value("Linux"));
    EXPECT_NE(data.platform["osArch"], Value(""));
    EXPECT_TRUE(data.platform["osArch"].IsString());
    EXPECT_TRUE(data.platform["osVersion"].IsString());
    EXPECT_EQ(data.sdk_key_suffix, "abcdef");
    options_.sdk_key = Secret("abc");
    EXPECT_EQ(MakeDiagnosticData(options_).sdk_key_suffix, "abc");
    options_.sdk_key = Secret();
    EXPECT_EQ(MakeDiagnosticData(options_).sdk_key_suffix, "");
}

}  // namespace
}  // namespace lddynamo::client
