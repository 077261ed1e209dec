/// @file
/// A real client on a FakeTransport, in fake time.
#pragma once

#include "dynamodb/http_client.hpp"
#include "support/capturing_sink.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::dynamodb {

class HttpClientTest : public ::testing::Test {
  protected:
    using Variables = std::map<std::string, std::string, std::less<>>;

    static constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    static constexpr std::string_view kToken =
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk";

    HttpClientTest() { variables_ = Usual(); }

    static Variables Usual() {
        return {{"AWS_REGION", "us-east-1"},
                {"AWS_EC2_METADATA_DISABLED", "true"},
                {"AWS_ENDPOINT_URL", "http://localhost:8000"},
                {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
                {"AWS_SECRET_ACCESS_KEY", std::string(kSecret)},
                {"AWS_SESSION_TOKEN", std::string(kToken)}};
    }

    /// Made at the first use, from variables_, files_, options_ and fraction_.
    DynamoDbClient& Client() {
        if (!client_) {
            environment_ = std::make_unique<MapEnvironment>(variables_, files_);
            options_.aws.environment = environment_.get();
            options_.aws.clock = &clock_;
            options_.aws.logger = Logger(sink_);
            options_.transport = transport_;
            auto client = MakeHttpDynamoDbClient(options_, [this] { return fraction_; });
            if (!client) throw std::runtime_error(client.error().message);
            client_ = std::move(*client);
        }
        return *client_;
    }

    static GetItemRequest Get() {
        GetItemRequest request;
        request.table = "flags";
        request.key = {{"key", AttributeValue::S("k")}};
        return request;
    }
    static PutItemRequest Put() {
        PutItemRequest request;
        request.table = "flags";
        request.item = {{"key", AttributeValue::S("k")}};
        request.condition_expression = "attribute_not_exists(#k)";
        return request;
    }
    static HttpResponse ServiceFault(int status, std::string_view code,
                                     std::string_view message = "m", HttpHeaders headers = {}) {
        return test_support::JsonAnswer(status,
                                        R"({"__type":"com.amazonaws.dynamodb.v20120810#)" +
                                            std::string(code) + R"(","message":")" +
                                            std::string(message) + R"("})",
                                        std::move(headers));
    }
    static HttpResponse Ok(std::string body = "{}", HttpHeaders headers = {}) {
        return test_support::JsonAnswer(200, std::move(body), std::move(headers));
    }
    void AddFaults(int count, HttpResponse const& answer) {
        for (int i = 0; i < count; ++i) transport_->Add(answer);
    }
    [[nodiscard]] std::vector<long long> SentAtMs() const {
        std::vector<long long> times;
        for (auto const& sent : transport_->SentRequests())
            times.push_back(sent.at.count() / 1000000);
        return times;
    }
    [[nodiscard]] std::string Header(std::size_t i, std::string_view name) const {
        HttpResponse lookup;
        auto const sent = transport_->SentRequests();
        if (i >= sent.size()) return "(not sent)";
        lookup.headers = sent[i].request.headers;
        auto const* const value = lookup.Header(name);
        return value != nullptr ? *value : "(none)";
    }

    test_support::FakeClock clock_;
    std::shared_ptr<test_support::FakeTransport> transport_ =
        std::make_shared<test_support::FakeTransport>(clock_);
    std::shared_ptr<test_support::CapturingSink> sink_ =
        std::make_shared<test_support::CapturingSink>();
    Variables variables_;
    Variables files_;
    DynamoDbClientOptions options_;
    double fraction_ = 1.0;

  private:
    std::unique_ptr<MapEnvironment> environment_;
    std::shared_ptr<DynamoDbClient> client_;
};

}  // namespace lddynamo::dynamodb
