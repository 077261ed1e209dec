#include "client/request_headers.hpp"

#include "support/capturing_sink.hpp"

#include <lddynamo/version.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lddynamo::client {
namespace {

using test_support::CapturingSink;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;

class RequestHeadersTest : public ::testing::Test {
  protected:
    RequestHeadersTest() {
        options_.sdk_key = Secret("sdk-key-123");
        options_.logger = Logger(sink_);
    }
    std::optional<std::string> Get(std::string_view name) const {
        std::optional<std::string> found;
        for (auto const& [header, value] : MakeRequestHeaders(options_)) {
            if (header != name) continue;
            EXPECT_FALSE(found.has_value()) << name;
            found = value;
        }
        return found;
    }
    std::optional<std::string> Tags(std::string id, std::string version) {
        options_.application = {std::move(id), std::move(version)};
        return Get("X-LaunchDarkly-Tags");
    }
    std::optional<std::string> Wrapper(std::string name, std::string version) {
        options_.wrapper = {std::move(name), std::move(version)};
        return Get("X-LaunchDarkly-Wrapper");
    }

    std::shared_ptr<CapturingSink> sink_ = std::make_shared<CapturingSink>();
    ClientOptions options_;
};

TEST_F(RequestHeadersTest, SaysWhoAsks) {
    EXPECT_THAT(MakeRequestHeaders(options_), SizeIs(3));
    EXPECT_EQ(Get("Authorization"), "sdk-key-123");
    EXPECT_EQ(Get("User-Agent"), "lddynamo/" + std::string(Version()));
    std::string const id = Get("X-LaunchDarkly-Instance-Id").value_or("");
    std::string const hex4 = "[0-9a-f][0-9a-f][0-9a-f][0-9a-f]";
    EXPECT_THAT(id, MatchesRegex(hex4 + hex4 + "-" + hex4 + "-4[0-9a-f][0-9a-f][0-9a-f]-" + hex4 +
                                 "-" + hex4 + hex4 + hex4));
    EXPECT_NE(Get("X-LaunchDarkly-Instance-Id"), id);
    EXPECT_THAT(sink_->Lines(), IsEmpty());
}

TEST_F(RequestHeadersTest, NamesTheApplication) {
    EXPECT_EQ(Tags("", ""), std::nullopt);
    EXPECT_EQ(Tags("a", ""), "application-id/a");
    EXPECT_EQ(Tags("", "1.0"), "application-version/1.0");
    EXPECT_EQ(Tags("a-Z_9.", "1.0"), "application-id/a-Z_9. application-version/1.0");
    std::string const longest(64, 'x');
    EXPECT_EQ(Tags(longest, "1"), "application-id/" + longest + " application-version/1");
    EXPECT_THAT(sink_->Lines(), IsEmpty());
}

TEST_F(RequestHeadersTest, LeavesOutABadTagAndKeepsTheOther) {
    EXPECT_EQ(Tags(std::string(65, 'x'), "1"), "application-version/1");
    EXPECT_EQ(Tags("a", std::string(65, 'x')), "application-id/a");
    EXPECT_EQ(Tags("a b", "1/2"), std::nullopt);
    EXPECT_THAT(
        sink_->Lines(),
        ElementsAre("warn the application's id is left out: it is longer than 64 characters",
                    "warn the application's version is left out: it is longer than 64 characters",
                    "warn the application's id is left out: it may have letters, digits, '.', '_' "
                    "and '-' only",
                    "warn the application's version is left out: it may have letters, digits, '.', "
                    "'_' and '-' only"));
    for (int c = 0; c < 256; ++c) {
        bool const good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
        std::string const tag{'a', static_cast<char>(c)};
        EXPECT_EQ(Tags("ok", tag),
                  good ? "application-id/ok application-version/" + tag : "application-id/ok")
            << c;
    }
}

TEST_F(RequestHeadersTest, NamesTheWrapper) {
    EXPECT_EQ(Wrapper("", ""), std::nullopt);
    EXPECT_EQ(Wrapper("", "1.0"), std::nullopt);
    EXPECT_EQ(Wrapper("Name", ""), "Name");
    EXPECT_EQ(Wrapper("Name", "1.0"), "Name/1.0");
    EXPECT_THAT(sink_->Lines(), IsEmpty());
    EXPECT_EQ(Wrapper("Name\r\nX-Other: 1", ""), std::nullopt);
    EXPECT_EQ(Wrapper("Name", std::string("1\0", 2)), std::nullopt);
    EXPECT_THAT(sink_->Lines(), SizeIs(2));
    EXPECT_THAT(sink_->Lines()[0], HasSubstr("wrapper"));
}

TEST_F(RequestHeadersTest, KeepsAGoodFilterOnly) {
    for (char const* const good : {"", "a", "Z", "0", "my.filter_1-x", "a."}) {
        options_.payload_filter = good;
        EXPECT_EQ(CheckedPayloadFilter(options_), good);
    }
    EXPECT_THAT(sink_->Lines(), IsEmpty());
    for (char const* const bad : {".a", "-a", "_", "a b", "a&b=c", "a/b", "\xC3\xA9", "a\n"}) {
        options_.payload_filter = bad;
        EXPECT_EQ(CheckedPayloadFilter(options_), "") << bad;
    }
    EXPECT_THAT(sink_->Lines(), SizeIs(8));
    EXPECT_THAT(sink_->Lines()[0], HasSubstr("filter is left out"));
}

TEST(CheckSdkKeyTest, TakesWhatAHeaderCanCarry) {
    EXPECT_TRUE(CheckSdkKey(Secret("sdk-01234567-89ab-cdef-0123-456789abcdef")));
    EXPECT_TRUE(CheckSdkKey(Secret("!~")));
    EXPECT_EQ(CheckSdkKey(Secret()).error().message, "no SDK key");
    for (std::string const& bad :
         {std::string("sdk key"), std::string("sdk-key\n"), std::string("sdk-key\r"),
          std::string("sdk\0key", 7), std::string("sdk\tkey"), std::string("sdk\x7Fkey"),
          std::string("sdk-k\xC3\xA9y"), std::string(" sdk")}) {
        auto const status = CheckSdkKey(Secret(bad));
        ASSERT_FALSE(status) << bad;
        EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(status.error().message, Not(HasSubstr("sdk")));
    }
}

}  // namespace
}  // namespace lddynamo::client
