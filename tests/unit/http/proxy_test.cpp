#include "http/proxy.hpp"

#include <gmock/gmock.h>

#include <map>

namespace lddynamo::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Variables = std::map<std::string, std::string, std::less<>>;

struct Case {
    char const* url;
    bool excepted;
};

class NoProxyTest : public ::testing::TestWithParam<Case> {};

TEST_P(NoProxyTest, MatchesAsGoDoes) {
    NoProxyList const list(
        "example.com, .sub.test,*.star.test 10.1.2.3,10.1.2.4:8000,10.9.0.0/16,[2001:db8::5]:443,"
        "2001:db8::6,2001:db8:7::/48,Port.Test:8443,bad/99,10.0.0.0/33,[::,:80,x:99999,,dot.test.");
    EXPECT_EQ(list.Matches(*ParseUrl(GetParam().url)), GetParam().excepted) << GetParam().url;
}

INSTANTIATE_TEST_SUITE_P(
    All, NoProxyTest,
    ::testing::Values(Case{"http://example.com/", true}, Case{"http://EXAMPLE.com./", true},
                      Case{"http://a.b.example.com/", true}, Case{"http://notexample.com/", false},
                      Case{"http://example.com.org/", false}, Case{"http://sub.test/", false},
                      Case{"http://a.sub.test/", true}, Case{"http://asub.test/", false},
                      Case{"http://star.test/", false}, Case{"http://a.star.test/", true},
                      Case{"http://10.1.2.3/", true}, Case{"https://10.1.2.3:9/", true},
                      Case{"http://10.1.2.4/", false}, Case{"http://10.1.2.4:8000/", true},
                      Case{"http://10.9.255.1/", true}, Case{"http://10.10.0.1/", false},
                      Case{"https://[2001:db8::5]/", true}, Case{"http://[2001:db8::5]/", false},
                      Case{"http://[2001:db8:0:0::6]/", true},
                      Case{"http://[2001:db8:7:ffff::1]/", true},
                      Case{"http://[2001:db8:8::1]/", false},
                      Case{"http://[::ffff:10.9.1.1]/", true}, Case{"http://port.test:8443/", true},
                      Case{"http://a.port.test:8443/", true}, Case{"http://port.test/", false},
                      Case{"http://dot.test/", true}, Case{"http://bad/", false},
                      Case{"http://x/", false}, Case{"http://10.0.0.1/", false}));

TEST(NoProxyTest, AStarIsEverythingAndNothingIsNothing) {
    EXPECT_TRUE(NoProxyList("a, *").Matches(*ParseUrl("https://10.0.0.1/")));
    EXPECT_FALSE(NoProxyList("").Matches(*ParseUrl("https://10.0.0.1/")));
}

TEST(NoProxyTest, ARangeOfIpv6IsNotForIpv4) {
    NoProxyList const list("::/0,::1/11");
    EXPECT_FALSE(list.Matches(*ParseUrl("http://10.0.0.1/")));
    EXPECT_TRUE(list.Matches(*ParseUrl("http://[2001:db8::1]/")));
    EXPECT_TRUE(NoProxyList("0.0.0.0/0").Matches(*ParseUrl("http://10.0.0.1/")));
}

TEST(NoProxyTest, KnowsThisMachine) {
    for (char const* const host : {"localhost", "LOCALHOST.", "a.localhost", "127.0.0.1",
                                   "127.255.0.9", "::1", "::ffff:127.0.0.1"}) {
        EXPECT_TRUE(IsThisMachine(host)) << host;
    }
    for (char const* const host :
         {"localhost.com", "notlocalhost", "128.0.0.1", "::2", "127.a", "0.0.0.0", "example.com"}) {
        EXPECT_FALSE(IsThisMachine(host)) << host;
    }
}

std::string Parsed(std::string_view text) {
    auto const proxy = ParseProxy(text, "SETTING");
    if (!proxy) return proxy.error().message;
    return ((*proxy)->url.https ? "https " : "http ") + (*proxy)->url.Authority() + " " +
           std::string((*proxy)->authorization.Reveal());
}

TEST(ProxyTest, ReadsUrls) {
    EXPECT_EQ(Parsed("http://proxy:3128"), "http proxy:3128 ");
    EXPECT_EQ(Parsed(" proxy:3128\n"), "http proxy:3128 ");
    EXPECT_EQ(Parsed("proxy"), "http proxy:80 ");
    EXPECT_EQ(Parsed("HTTPS://proxy/"), "https proxy:443 ");
    EXPECT_EQ(Parsed("http://[::1]:8888/x"), "http [::1]:8888 ");
    // RFC 7617's own example, and one with percent-encoding: "test:123£" in UTF-8.
    EXPECT_EQ(Parsed("http://Aladdin:open%20sesame@p:1"),
              "http p:1 Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    EXPECT_EQ(Parsed("http://test:123%C2%A3@p:1"), "http p:1 Basic dGVzdDoxMjPCow==");
    EXPECT_EQ(Parsed("u@p"), "http p:80 Basic dTo=");
    EXPECT_EQ(Parsed("u:a@b:c@p"), "http p:80 Basic dTphQGI6Yw==");
}

TEST(ProxyTest, RefusesOthersWithoutRepeatingThem) {
    EXPECT_EQ(Parsed("socks5://s3cret"), "SETTING is neither an http:// nor an https:// proxy");
    EXPECT_EQ(Parsed("http://"), "SETTING has no host");
    EXPECT_EQ(Parsed("http://u:s3cret@p:x"),
              "SETTING has a port that is not a number from 1 to 65535");
    EXPECT_THAT(Parsed("http://u:s3cret%@p"), HasSubstr("SETTING has a '%'"));
    EXPECT_THAT(Parsed("http://u:s3cret%G0@p"), HasSubstr("SETTING has a '%'"));
    EXPECT_THAT(Parsed("http://u:s3/cret@p"), HasSubstr("%2F"));
    EXPECT_THAT(Parsed("http://u:s3#cret@p"), HasSubstr("%23"));
    for (char const* const text : {"http://u:s3cret@", "http://u:s3cret@a b", "s3cret\x01",
                                   "http://u:s3cret@[::1", "http://u:s3cret@ho$t"}) {
        EXPECT_THAT(Parsed(text), ::testing::AllOf(HasSubstr("SETTING"), Not(HasSubstr("s3c"))));
    }
}

/// The proxy's host and what named it, for a URL.
std::string Find(Variables const& variables, std::string const& url,
                 std::optional<std::string> proxy = {}, std::optional<std::string> no_proxy = {}) {
    MapEnvironment const environment(variables);
    ProxySettings settings(std::move(proxy), std::move(no_proxy), environment);
    auto const found = settings.For(*ParseUrl(url));
    if (!found) return found.error().message;
    return *found ? (*found)->url.host + " " + (*found)->setting : "straight";
}

TEST(ProxySettingsTest, FollowsTheVariables) {
    Variables const all{{"https_proxy", "ls"}, {"HTTPS_PROXY", "us"}, {"http_proxy", "lp"},
                        {"HTTP_PROXY", "up"},  {"no_proxy", "low"},   {"NO_PROXY", "up"}};
    EXPECT_EQ(Find(all, "https://h/"), "ls https_proxy");
    EXPECT_EQ(Find(all, "http://h/"), "lp http_proxy");
    EXPECT_EQ(Find(all, "http://low/"), "straight");
    EXPECT_EQ(Find(all, "http://up/"), "lp http_proxy");
    EXPECT_EQ(Find({{"https_proxy", ""}, {"HTTPS_PROXY", "us"}}, "https://h/"), "us HTTPS_PROXY");
    EXPECT_EQ(Find({{"HTTPS_PROXY", "us"}}, "http://h/"), "straight");
    EXPECT_EQ(Find({{"HTTP_PROXY", "up"}}, "https://h/"), "straight");
    EXPECT_EQ(Find({{"HTTP_PROXY", "up"}, {"NO_PROXY", "h"}}, "http://h/"), "straight");
    EXPECT_EQ(Find({{"HTTP_PROXY", "ftp://x"}}, "http://h/"),
              "HTTP_PROXY is neither an http:// nor an https:// proxy");
    EXPECT_EQ(Find({}, "http://h/"), "straight");
}

TEST(ProxySettingsTest, HttpProxyIsNotTrustedInCgi) {
    EXPECT_EQ(Find({{"HTTP_PROXY", "up"}, {"REQUEST_METHOD", "GET"}}, "http://h/"), "straight");
    EXPECT_EQ(Find({{"http_proxy", "lp"}, {"REQUEST_METHOD", "GET"}}, "http://h/"),
              "lp http_proxy");
}

TEST(ProxySettingsTest, VariablesDoNotConcernThisMachine) {
    EXPECT_EQ(Find({{"HTTP_PROXY", "up"}}, "http://localhost:8000/"), "straight");
    EXPECT_EQ(Find({{"HTTPS_PROXY", "up"}}, "https://[::1]/"), "straight");
    EXPECT_EQ(Find({{"HTTP_PROXY", "up"}}, "http://169.254.170.2/"), "up HTTP_PROXY");
}

TEST(ProxySettingsTest, CodeWins) {
    Variables const variables{{"HTTP_PROXY", "up"}, {"NO_PROXY", "no"}};
    EXPECT_THAT(Find(variables, "http://h/", "code"), ::testing::StartsWith("code "));
    EXPECT_THAT(Find(variables, "https://localhost/", "code"), ::testing::StartsWith("code "));
    EXPECT_EQ(Find(variables, "http://no/", "code"), "straight");
    EXPECT_THAT(Find(variables, "http://no/", "code", "other"), ::testing::StartsWith("code "));
    EXPECT_EQ(Find(variables, "http://h/", ""), "straight");
    EXPECT_EQ(Find(variables, "http://h/", std::nullopt, "h"), "straight");
}

/// Counts what is asked for.
class CountingEnvironment final : public Environment {
  public:
    std::optional<std::string> Get(std::string_view name) const override {
        ++asked_;
        return name == "HTTPS_PROXY" ? std::optional<std::string>("p") : std::nullopt;
    }
    Result<std::string> ReadFile(std::string const&, std::size_t) const override {
        return Fail(ErrorCode::kIo, "none");
    }
    [[nodiscard]] int Asked() const { return asked_; }

  private:
    mutable int asked_ = 0;
};

TEST(ProxySettingsTest, ReadsEachVariableOnceAndOnlyWhenNeeded) {
    CountingEnvironment const environment;
    ProxySettings settings(std::nullopt, std::nullopt, environment);
    EXPECT_EQ(environment.Asked(), 0);
    EXPECT_EQ(*settings.For(*ParseUrl("http://127.0.0.1:8000/")), nullptr);
    EXPECT_EQ(environment.Asked(), 0);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(*settings.For(*ParseUrl("http://h/")), nullptr);
    EXPECT_EQ(environment.Asked(), 2);
    for (int i = 0; i < 3; ++i) EXPECT_NE(*settings.For(*ParseUrl("https://h/")), nullptr);
    EXPECT_EQ(environment.Asked(), 6);
}

}  // namespace
}  // namespace lddynamo::http
