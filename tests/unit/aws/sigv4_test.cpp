#include "aws/sigv4.hpp"

#include "aws/canonical_request.hpp"
#include "aws/timestamp.hpp"
#include "http/http_message.hpp"
#include "http/url.hpp"
#include "sigv4_vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

namespace lddynamo::aws {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

AwsCredentials ExampleCredentials(std::string_view token = {}) {
    AwsCredentials credentials;
    credentials.access_key_id = "AKIDEXAMPLE";
    credentials.secret_access_key = Secret(kSecret);
    credentials.session_token = Secret(token);
    return credentials;
}

std::string SignVector(RequestSigner& signer, SigningVector const& vector) {
    HttpRequest request;
    request.method = vector.method;
    request.url = vector.url;
    request.body = vector.body;
    for (auto const& [name, value] : vector.headers) request.headers.emplace_back(name, value);
    auto const url = http::ParseUrl(request.url).value();
    signer.Sign(request, {url.host_header, url.target}, ExampleCredentials(vector.token),
                {vector.region, vector.service}, ParseIsoTime(vector.time).value());
    auto const* const authorization = http::FindHeader(request.headers, "Authorization");
    return authorization != nullptr ? *authorization : std::string();
}

TEST(SigV4Test, EqualsAnIndependentSigner) {
    RequestSigner signer;
    for (SigningVector const& vector : SigningVectors()) {
        std::string const authorization = SignVector(signer, vector);
        EXPECT_THAT(authorization,
                    HasSubstr("SignedHeaders=" + std::string(vector.signed_headers) + ","))
            << vector.name;
        EXPECT_THAT(authorization, HasSubstr("Signature=" + std::string(vector.signature)))
            << vector.name;
    }
}

// The step that went wrong is seen first.
TEST(SigV4Test, CanonicalPath) {
    struct Case {
        std::string_view path, canonical;
    };
    for (auto const& [path, canonical] : std::vector<Case>{
             {"", "/"},
             {"/", "/"},
             {"//", "/"},
             {"/a", "/a"},
             {"/a/", "/a/"},
             {"/a//b", "/a/b"},
             {"/a/./b/../c", "/a/c"},
             {"/..", "/"},
             {"/../../x", "/x"},
             {"/a%20b", "/a%2520b"},
             {"/a b", "/a%20b"},
             {"/~-_.", "/~-_."},
             {"/\xC3\xA9", "/%C3%A9"},
         }) {
        EXPECT_EQ(CanonicalPath(path), canonical) << path;
    }
}

TEST(SigV4Test, CanonicalQuery) {
    struct Case {
        std::string_view query, canonical;
    };
    for (auto const& [query, canonical] : std::vector<Case>{
             {"", ""},
             {"a", "a="},
             {"a=", "a="},
             {"b=2&a=1", "a=1&b=2"},
             {"a=2&a=1", "a=1&a=2"},
             {"a=b=c", "a=b%3Dc"},
             {"a=%2F", "a=%2F"},
             {"a=/", "a=%2F"},
             {"a=%zz", "a=%25zz"},
             {"a=%2", "a=%252"},
             {"&&a=1&", "a=1"},
             {"a-b=1&a=2", "a=2&a-b=1"},
         }) {
        EXPECT_EQ(CanonicalQuery(query), canonical) << query;
    }
}

TEST(SigV4Test, SigningAgainReplacesTheSignature) {
    RequestSigner signer;
    HttpRequest request;
    request.method = "POST";
    request.headers = {{"content-type", "text/plain"}};
    auto const time = ParseIsoTime("2026-01-01T00:00:00Z").value();
    signer.Sign(request, {"h", "/"}, ExampleCredentials("token"), {"r", "s"}, time);
    auto const once = request.headers;
    signer.Sign(request, {"h", "/"}, ExampleCredentials("token"), {"r", "s"}, time);
    EXPECT_EQ(request.headers, once);
    // A token that is gone must not be sent again.
    signer.Sign(request, {"h", "/"}, ExampleCredentials(), {"r", "s"}, time);
    EXPECT_EQ(http::FindHeader(request.headers, "X-Amz-Security-Token"), nullptr);
    EXPECT_THAT(*http::FindHeader(request.headers, "Authorization"),
                HasSubstr("SignedHeaders=content-type;host;x-amz-date,"));
}

TEST(SigV4Test, RememberedKeysDoNotMix) {
    // Round and round through more keys than are remembered.
    std::vector<std::string> first;
    RequestSigner signer;
    for (int round = 0; round < 3; ++round) {
        std::size_t i = 0;
        for (std::string_view const secret : {"secret-a", "secret-b"}) {
            for (std::string_view const region : {"us-east-1", "eu-west-1"}) {
                for (std::string_view const day :
                     {"2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"}) {
                    AwsCredentials credentials = ExampleCredentials();
                    credentials.secret_access_key = Secret(secret);
                    HttpRequest request;
                    signer.Sign(request, {"h", "/"}, credentials, {region, "dynamodb"},
                                ParseIsoTime(day).value());
                    std::string const text = *http::FindHeader(request.headers, "Authorization");
                    if (round == 0) {
                        EXPECT_EQ(std::count(first.begin(), first.end(), text), 0);
                        first.push_back(text);
                    } else {
                        EXPECT_EQ(text, first[i++]);
                    }
                }
            }
        }
    }
}

TEST(SigV4Test, ManyThreadsShareASigner) {
    RequestSigner signer;
    auto const vectors = SigningVectors();
    std::vector<std::thread> threads;
    std::vector<int> wrong(4, 0);
    for (std::size_t t = 0; t < wrong.size(); ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 20; ++i) {
                for (SigningVector const& vector : vectors) {
                    auto const text = SignVector(signer, vector);
                    if (!text.ends_with(vector.signature)) ++wrong[t];
                }
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(TimestampTest, WritesBasicTimestamps) {
    using std::chrono::seconds;
    auto const at = [](long long s) {
        return BasicTimestamp(std::chrono::system_clock::time_point(seconds(s)));
    };
    EXPECT_EQ(at(0), "19700101T000000Z");
    EXPECT_EQ(at(1440938160), "20150830T123600Z");
    EXPECT_EQ(at(951782400), "20000229T000000Z");
    EXPECT_EQ(at(-1), "19691231T235959Z");
    EXPECT_EQ(
        BasicTimestamp(std::chrono::system_clock::time_point(std::chrono::milliseconds(1999))),
        "19700101T000001Z");
}

TEST(TimestampTest, ReadsIsoTimes) {
    auto const seconds = [](std::string_view text) -> long long {
        auto const time = ParseIsoTime(text);
        if (!time) return -1;
        return std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count();
    };
    EXPECT_EQ(seconds("2015-08-30T12:36:00Z"), 1440938160);
    EXPECT_EQ(seconds(" 2015-08-30T12:36:00Z\n"), 1440938160);
    EXPECT_EQ(seconds("2015-08-30T12:36:00.123456Z"), 1440938160);
    EXPECT_EQ(seconds("2015-08-30T18:21:00+05:45"), 1440938160);
    EXPECT_EQ(seconds("2015-08-30T10:36:00-0200"), 1440938160);
    for (std::string_view const bad :
         {"", "2015", "2015-08-30", "2015-08-30T12:36:00", "2015-02-30T12:36:00Z",
          "2015-13-01T00:00:00Z", "2015-08-30T24:00:00Z", "2015-08-30T12:60:00Z",
          "2015-08-30T12:36:00Zx", "2015-08-30T12:36:00+5", "9999-01-01T00:00:00Z",
          "-015-08-30T12:36:00Z", "2015-08-30T12:36:00+99:00", "1440938160"}) {
        EXPECT_FALSE(ParseIsoTime(bad)) << bad;
    }
}

TEST(TimestampTest, ReadsHttpDates) {
    auto const time = ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT");
    ASSERT_TRUE(time);
    EXPECT_EQ(BasicTimestamp(*time), "19941106T084937Z");
    for (std::string_view const bad :
         {"", "Sun", "06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37",
          "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 6 Nov 1994 08:49:37 GMT",
          "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
          "Sun, 06 Nov 99999 08:49:37 GMT", "Sun, 06 Xyz 1994 08:49:37 GMT"}) {
        EXPECT_FALSE(ParseHttpDate(bad)) << bad;
    }
}

}  // namespace
}  // namespace lddynamo::aws
