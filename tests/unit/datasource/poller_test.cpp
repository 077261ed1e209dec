#include "datasource/poller.hpp"

#include "support/fake_transport.hpp"

#include <lddynamo/version.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <string>

namespace lddynamo::datasource {
namespace {

using test_support::JsonAnswer;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kKey = "sdk-very-secret";
constexpr std::string_view kData = R"({"flags":{"a":{"key":"a","version":1}},"segments":{}})";

PollerOptions Options() {
    PollerOptions options;
    options.headers = *MakeServiceHeaders(Secret(kKey));
    return options;
}

std::string const* Header(HttpRequest const& request, std::string_view name) {
    auto const found = std::find_if(request.headers.begin(), request.headers.end(),
                                    [&](auto const& header) { return header.first == name; });
    return found == request.headers.end() ? nullptr : &found->second;
}

std::string Gzip(std::string text) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string packed(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(text.data());
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(packed.size() - stream.avail_out);
    deflateEnd(&stream);
    return packed;
}

TEST(Poller, FilterKeys) {
    for (std::string_view const good : {"a", "9", "Micro-Service.1_x"}) {
        EXPECT_TRUE(IsFilterKey(good)) << good;
    }
    for (std::string_view const bad :
         {"", ".a", "-a", "_a", "a b", "a/b", "a%20", "a\n", "\xC3\xA9"}) {
        EXPECT_FALSE(IsFilterKey(bad)) << bad;
    }
}

TEST(Poller, Request) {
    auto const poller = Poller::Create(Options());
    ASSERT_TRUE(poller);
    auto const request = poller->Request();
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.url, "https://sdk.launchdarkly.com/sdk/latest-all");
    EXPECT_EQ(*Header(request, "Authorization"), kKey);
    EXPECT_EQ(*Header(request, "User-Agent"), "lddynamo/" + std::string(Version()));
    EXPECT_EQ(*Header(request, "Accept-Encoding"), "gzip");
    EXPECT_EQ(Header(request, "If-None-Match"), nullptr);
}

TEST(Poller, BasePathAndFilter) {
    auto options = Options();
    options.base_uri = "http://relay:8030/base//";
    options.filter = "a.b";
    EXPECT_EQ(Poller::Create(std::move(options))->Request().url,
              "http://relay:8030/base/sdk/latest-all?filter=a.b");
}

TEST(Poller, RefusesWhatCannotBeSent) {
    struct Case {
        std::string_view uri, filter;
    };
    for (auto const& [uri, filter] : {
             Case{"sdk.launchdarkly.com", ""},
             Case{"ftp://host", ""},
             Case{"https://host?x=1", ""},
             Case{"https://host#x", ""},
             Case{"https://user:word@host", ""},
             Case{kDefaultPollUri, "a b"},
         }) {
        PollerOptions options;
        options.base_uri = uri;
        options.filter = filter;
        auto const poller = Poller::Create(std::move(options));
        ASSERT_FALSE(poller) << uri << ' ' << filter;
        EXPECT_EQ(poller.error().code, ErrorCode::kInvalidArgument);
    }
    for (char const* const key :
         {"", "sdk-very-secret\nX: y", "sdk-very-secret x", "sdk-secret\xc3"}) {
        auto const headers = MakeServiceHeaders(Secret(key));
        ASSERT_FALSE(headers) << key;
        EXPECT_EQ(headers.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(headers.error().message, Not(HasSubstr("secret")));
    }
}

TEST(Poller, GetsEverythingAgainWhenItIsToForget) {
    auto poller = *Poller::Create(Options());
    (void)poller.Read(JsonAnswer(200, std::string(kData), {{"etag", "\"1\""}}));
    poller.Forget();
    EXPECT_EQ(Header(poller.Request(), "If-None-Match"), nullptr);
}

TEST(Poller, EtagMakesTheNextRequestConditional) {
    auto poller = *Poller::Create(Options());
    auto const first = poller.Read(JsonAnswer(200, std::string(kData), {{"etag", "\"1\""}}));
    EXPECT_EQ(std::get<PolledData>(first).document.data.features.size(), 1U);
    EXPECT_EQ(*Header(poller.Request(), "If-None-Match"), "\"1\"");
    EXPECT_TRUE(std::holds_alternative<PolledNothing>(poller.Read(JsonAnswer(304, ""))));
    EXPECT_EQ(*Header(poller.Request(), "If-None-Match"), "\"1\"");
    // Data without an ETag end it.
    EXPECT_TRUE(
        std::holds_alternative<PolledData>(poller.Read(JsonAnswer(200, std::string(kData)))));
    EXPECT_EQ(Header(poller.Request(), "If-None-Match"), nullptr);
}

TEST(Poller, MalformedDataLeaveTheEtagAsItWas) {
    auto poller = *Poller::Create(Options());
    auto const outcome = poller.Read(JsonAnswer(200, R"({"flags":true})", {{"ETag", "\"bad\""}}));
    auto const& failure = std::get<ServiceFailure>(outcome);
    EXPECT_EQ(failure.error.code, ErrorCode::kInvalidData);
    EXPECT_FALSE(failure.permanent);
    EXPECT_THAT(failure.error.message, HasSubstr("flags"));
    EXPECT_EQ(Header(poller.Request(), "If-None-Match"), nullptr);
}

TEST(Poller, NotModifiedThatNobodyAskedForIsAFailure) {
    auto poller = *Poller::Create(Options());
    auto const outcome = poller.Read(JsonAnswer(304, ""));
    EXPECT_FALSE(std::get<ServiceFailure>(outcome).permanent);
}

TEST(Poller, Gzip) {
    auto poller = *Poller::Create(Options());
    auto const outcome =
        poller.Read(JsonAnswer(200, Gzip(std::string(kData)), {{"Content-Encoding", "gzip"}}));
    EXPECT_EQ(std::get<PolledData>(outcome).document.data.features.at("a").json,
              R"({"key":"a","version":1})");
}

TEST(Poller, GzipIsBounded) {
    auto options = Options();
    options.max_document_bytes = 1000;
    auto poller = *Poller::Create(std::move(options));
    auto const outcome = poller.Read(
        JsonAnswer(200, Gzip(std::string(100000, ' ')), {{"Content-Encoding", "gzip"}}));
    EXPECT_EQ(std::get<ServiceFailure>(outcome).error.code, ErrorCode::kTooLarge);
}

TEST(Poller, OtherEncodingsAreRefused) {
    auto poller = *Poller::Create(Options());
    auto const outcome =
        poller.Read(JsonAnswer(200, std::string(kData), {{"Content-Encoding", "br"}}));
    EXPECT_EQ(std::get<ServiceFailure>(outcome).error.code, ErrorCode::kInvalidData);
}

TEST(Poller, Statuses) {
    auto poller = *Poller::Create(Options());
    for (int const status : {401, 403, 402, 404, 405, 410, 413, 451}) {
        EXPECT_TRUE(std::get<ServiceFailure>(poller.Read(JsonAnswer(status, ""))).permanent)
            << status;
    }
    for (int const status : {204, 301, 400, 408, 429, 500, 502, 503, 504, 599}) {
        auto const outcome = poller.Read(JsonAnswer(status, ""));
        auto const& failure = std::get<ServiceFailure>(outcome);
        EXPECT_FALSE(failure.permanent) << status;
        EXPECT_TRUE(failure.error.retryable) << status;
        EXPECT_EQ(failure.error.http_status, status);
    }
    for (int const status : {401, 403}) {
        auto const outcome = poller.Read(JsonAnswer(status, ""));
        auto const& failure = std::get<ServiceFailure>(outcome);
        EXPECT_EQ(failure.error.code, ErrorCode::kCredentials);
        EXPECT_THAT(failure.error.message, Not(HasSubstr("secret")));
    }
}

TEST(Poller, AFailedExchangeMayPass) {
    auto poller = *Poller::Create(Options());
    auto const outcome = poller.Read(Fail(ErrorCode::kConnection, "reset"));
    auto const& failure = std::get<ServiceFailure>(outcome);
    EXPECT_EQ(failure.error.code, ErrorCode::kConnection);
    EXPECT_FALSE(failure.permanent);
}

}  // namespace
}  // namespace lddynamo::datasource
