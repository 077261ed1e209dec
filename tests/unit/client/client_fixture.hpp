/// @file
/// What the client's tests share: a counting store, a fake clock, small flags.
#pragma once

#include <lddynamo/client.hpp>

#include "support/capturing_sink.hpp"
#include "support/counting_store.hpp"
#include "support/fake_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace lddynamo {

using ErrorKind = EvaluationReason::ErrorKind;
using ReasonKind = EvaluationReason::Kind;
using Mode = CacheOptions::Mode;

/// On, with one value for everybody; `more` are further properties, each starting with a comma.
inline std::string FlagJson(std::string const& key, int version, std::string const& value,
                            std::string const& more = {}) {
    return R"({"key":")" + key + R"(","version":)" + std::to_string(version) +
           R"(,"on":true,"variations":[)" + value + R"(,"off"],"offVariation":1,)" +
           R"("fallthrough":{"variation":0},"salt":"s")" + more + "}";
}

/// A property that names prerequisites, all with variation 0.
inline std::string Prerequisites(std::vector<std::string> const& keys) {
    std::string json = R"(,"prerequisites":[)";
    for (std::size_t i = 0; i < keys.size(); ++i) {
        json += (i == 0 ? "" : ",");
        json += R"({"key":")" + keys[i] + R"(","variation":0})";
    }
    return json + "]";
}

/// A property with one rule that gives variation 1 to members of any of the segments.
inline std::string RuleFor(std::vector<std::string> const& segments) {
    std::string json = R"(,"rules":[{"id":"r","variation":1,"clauses":[{"op":"segmentMatch",)"
                       R"("attribute":"","values":[)";
    for (std::size_t i = 0; i < segments.size(); ++i) {
        json += (i == 0 ? "\"" : ",\"") + segments[i] + "\"";
    }
    return json + "]}]}]";
}

inline std::string SegmentJson(std::string const& key, int version, std::string const& member,
                               std::string const& more = {}) {
    return R"({"key":")" + key + R"(","version":)" + std::to_string(version) + R"(,"included":[")" +
           member + R"("],"salt":"s")" + more + "}";
}

class ClientTest : public ::testing::Test {
  protected:
    std::shared_ptr<test_support::CountingStore> store_ =
        std::make_shared<test_support::CountingStore>();
    std::shared_ptr<test_support::CapturingSink> sink_ =
        std::make_shared<test_support::CapturingSink>();
    test_support::FakeClock clock_;
    Context const bob_ = *Context::User("bob");

    [[nodiscard]] std::unique_ptr<Client> Make(CacheOptions cache = {},
                                               LoadMode load = LoadMode::kLazy) {
        ClientOptions options;
        options.daemon_mode = true;
        options.data_store = store_;
        options.cache = cache;
        options.load = load;
        options.logger = Logger(sink_);
        options.clock = &clock_;
        auto client = Client::Create(std::move(options));
        EXPECT_TRUE(client.has_value());
        return std::move(*client);
    }
    [[nodiscard]] static CacheOptions Ttl(int milliseconds) {
        CacheOptions cache;
        cache.ttl = std::chrono::milliseconds(milliseconds);
        return cache;
    }
    [[nodiscard]] static CacheOptions Of(Mode mode) {
        CacheOptions cache;
        cache.mode = mode;
        return cache;
    }
    [[nodiscard]] std::string Get(Client& client, std::string_view flag) {
        return client.StringVariation(flag, bob_, "default");
    }
    [[nodiscard]] ErrorKind ErrorOf(Client& client, std::string_view flag) {
        auto const detail = client.StringVariationDetail(flag, bob_, "default");
        EXPECT_EQ(detail.reason.kind == ReasonKind::kError,
                  detail.reason.error_kind != ErrorKind::kNone);
        if (detail.reason.kind == ReasonKind::kError) {
            EXPECT_EQ(detail.value, "default");
            EXPECT_TRUE(detail.IsDefaultValue());
        }
        return detail.reason.error_kind;
    }
    /// The keys of each read since the last call, as "f:key s:key" with "all" for everything.
    [[nodiscard]] std::vector<std::string> Reads() {
        std::vector<std::string> lines;
        for (auto const& read : store_->Reads()) {
            std::vector<std::string> names;
            for (auto const& key : read.keys) {
                names.push_back((key.kind == DataKind::kFeatures ? "f:" : "s:") + key.key);
            }
            std::sort(names.begin(), names.end());
            std::string line = names.empty() ? "all" : "";
            for (auto const& name : names) line += (line.empty() ? "" : " ") + name;
            lines.push_back(line);
        }
        store_->ForgetReads();
        return lines;
    }
    void Pass(int milliseconds) { clock_.Advance(std::chrono::milliseconds(milliseconds)); }
};

}  // namespace lddynamo
