#include <lddynamo/aws.hpp>

#include "aws/profile_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace lddynamo {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Map = std::map<std::string, std::string, std::less<>>;

/// The profile's provider in a fake environment.
std::shared_ptr<CredentialsProvider> Profile(std::string name, Environment const& environment) {
    AwsConfig config;
    config.profile = std::move(name);
    config.environment = &environment;
    return MakeProfileCredentials(config);
}

AwsCredentials Keys(std::string_view id, std::string_view secret, std::string_view token = {}) {
    AwsCredentials credentials;
    credentials.access_key_id = id;
    credentials.secret_access_key = Secret(secret);
    credentials.session_token = Secret(token);
    return credentials;
}

TEST(StaticCredentialsTest, GivesWhatItGot) {
    auto const got = MakeStaticCredentials(Keys("id", "secret", "token"))->GetCredentials();
    ASSERT_TRUE(got && *got);
    EXPECT_EQ((*got)->access_key_id, "id");
    EXPECT_EQ((*got)->secret_access_key.Reveal(), "secret");
    EXPECT_EQ((*got)->session_token.Reveal(), "token");
    EXPECT_EQ((*got)->source, "code");
}

TEST(StaticCredentialsTest, RejectsWhatCannotBeSent) {
    for (AwsCredentials const& bad :
         {Keys("", "hidden"), Keys("id", ""), Keys("i d", "hidden"), Keys("id", "hid\nden"),
          Keys("id", "hidden", "hidden\r\nX-Evil: 1"), Keys("id\x01", "hidden"),
          Keys("\xC3\xA9", "hidden")}) {
        auto const got = MakeStaticCredentials(bad)->GetCredentials();
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().code, ErrorCode::kCredentials);
        EXPECT_THAT(got.error().message,
                    AllOf(HasSubstr("code"), Not(HasSubstr("hid")), Not(HasSubstr("Evil"))));
    }
}

TEST(EnvironmentCredentialsTest, ReadsTheVariables) {
    MapEnvironment const environment(Map{{"AWS_ACCESS_KEY_ID", "id"},
                                         {"AWS_SECRET_ACCESS_KEY", "secret\n"},
                                         {"AWS_SESSION_TOKEN", "token"},
                                         {"AWS_SECURITY_TOKEN", "old"},
                                         {"AWS_CREDENTIAL_EXPIRATION", "2030-01-01T00:00:00Z"},
                                         {"AWS_ACCOUNT_ID", "123456789012"}});
    auto const provider = MakeEnvironmentCredentials(environment);
    auto const got = provider->GetCredentials();
    ASSERT_TRUE(got && *got);
    EXPECT_EQ((*got)->secret_access_key.Reveal(), "secret");
    EXPECT_EQ((*got)->session_token.Reveal(), "token");
    EXPECT_EQ((*got)->account_id, "123456789012");
    EXPECT_EQ((*got)->expiration,
              std::chrono::system_clock::time_point(std::chrono::seconds(1893456000)));
    EXPECT_EQ((*got)->source, "environment");
    EXPECT_EQ(provider->Name(), "environment");
}

TEST(EnvironmentCredentialsTest, TakesTheOldTokenVariable) {
    MapEnvironment const environment(Map{{"AWS_ACCESS_KEY_ID", "id"},
                                         {"AWS_SECRET_ACCESS_KEY", "secret"},
                                         {"AWS_SESSION_TOKEN", ""},
                                         {"AWS_SECURITY_TOKEN", "old"}});
    EXPECT_EQ((*MakeEnvironmentCredentials(environment)->GetCredentials())->session_token.Reveal(),
              "old");
}

TEST(EnvironmentCredentialsTest, AbsentOrHalf) {
    struct Case {
        Map variables;
        std::string_view error;  // empty: absent
    };
    for (auto const& [variables, error] : std::vector<Case>{
             {{}, ""},
             {{{"AWS_ACCESS_KEY_ID", ""}, {"AWS_SECRET_ACCESS_KEY", " "}}, ""},
             {{{"AWS_SESSION_TOKEN", "hidden"}}, ""},
             {{{"AWS_ACCESS_KEY_ID", "id"}}, "AWS_SECRET_ACCESS_KEY is not"},
             {{{"AWS_SECRET_ACCESS_KEY", "hidden"}}, "AWS_ACCESS_KEY_ID is not"},
             {{{"AWS_ACCESS_KEY_ID", "id"},
               {"AWS_SECRET_ACCESS_KEY", "hidden"},
               {"AWS_CREDENTIAL_EXPIRATION", "soon"}},
              "AWS_CREDENTIAL_EXPIRATION"},
             {{{"AWS_ACCESS_KEY_ID", "id"}, {"AWS_SECRET_ACCESS_KEY", "hid den"}},
              "the secret access key contains"},
         }) {
        MapEnvironment const environment(variables);
        auto const got = MakeEnvironmentCredentials(environment)->GetCredentials();
        if (error.empty()) {
            EXPECT_TRUE(got && !*got);
        } else {
            ASSERT_FALSE(got);
            EXPECT_EQ(got.error().code, ErrorCode::kCredentials);
            EXPECT_THAT(got.error().message,
                        AllOf(HasSubstr(std::string(error)), Not(HasSubstr("hid"))));
        }
    }
}

TEST(ProfileCredentialsTest, FindsTheProfile) {
    Map const files{{"/h/.aws/credentials",
                     "[default]\naws_access_key_id=d\naws_secret_access_key=sd\n"
                     "[dev]\naws_access_key_id=v\naws_secret_access_key=sv\naws_session_token=tv\n"
                     "aws_account_id=1\n"},
                    {"/h/.aws/config",
                     "[profile dev]\naws_access_key_id=loser\nregion=r\n"
                     "[profile only-config]\naws_access_key_id=c\n"
                     "aws_secret_access_key=sc\naws_security_token=tc\n"}};
    struct Case {
        std::string in_code;
        Map variables;
        std::string id;
        std::string token;
    };
    for (auto const& c : std::vector<Case>{
             {"", {{"HOME", "/h"}}, "d", ""},
             {"", {{"HOME", "/h/"}}, "d", ""},
             {"dev", {{"HOME", "/h"}}, "v", "tv"},
             {"", {{"HOME", "/h"}, {"AWS_PROFILE", "dev"}}, "v", "tv"},
             {"default", {{"HOME", "/h"}, {"AWS_PROFILE", "dev"}}, "d", ""},
             {"only-config", {{"HOME", "/h"}}, "c", "tc"},
             {"dev", {{"AWS_SHARED_CREDENTIALS_FILE", "/h/.aws/credentials"}}, "v", "tv"},
             {"dev",
              {{"HOME", "/h"}, {"AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"}},
              "v",
              "tv"},
         }) {
        MapEnvironment const environment(c.variables, files);
        auto const provider = Profile(c.in_code, environment);
        auto const got = provider->GetCredentials();
        ASSERT_TRUE(got && *got) << c.in_code;
        EXPECT_EQ((*got)->access_key_id, c.id);
        EXPECT_EQ((*got)->session_token.Reveal(), c.token);
        EXPECT_THAT((*got)->source, HasSubstr("profile "));
    }
}

TEST(ProfileCredentialsTest, AbsentOrFailed) {
    auto const file = [](std::string text) { return Map{{"/h/.aws/config", std::move(text)}}; };
    struct Case {
        std::string in_code;
        Map variables;
        Map files;
        std::string error;  // empty: absent
    };
    Map const home{{"HOME", "/h"}};
    for (auto const& c : std::vector<Case>{
             {"", {}, {}, ""},
             {"", home, {}, ""},
             {"", home, file("[default]\nregion=x"), ""},
             {"", {{"HOME", "/h"}, {"AWS_CONFIG_FILE", "/nowhere"}}, {}, ""},
             {"", {{"HOME", "/h"}, {"AWS_CONFIG_FILE", "/dev/null"}}, {}, ""},
             {"dev", {}, {}, "because HOME is not set"},
             {"dev", home, {}, "profile \"dev\" does not exist in /h/.aws/config and /h/.aws/cred"},
             {"", {{"HOME", "/h"}, {"AWS_PROFILE", "dev"}}, {}, "profile \"dev\" does not exist"},
             {"", home, file("[default]\naws_access_key_id=x"), "secret access key is missing"},
             {"", home, file("[default]\naws_secret_access_key=hidden"),
              "access key id is missing"},
             {"", home, file("[default]\nrole_arn=arn\nsource_profile=x"),
              "source_profile x does not"},
             {"", home, file("[default]\nsso_session=x"), "[sso-session x] that it names was not"},
             {"", home, file("[default]\nsso_start_url=x"), "sso_region is missing"},
             {"", home, file("[default]\nweb_identity_token_file=x"), "role_arn is missing"},
             {"", home, file("[default]\ncredential_process=/nowhere/hidden"),
              "credential_process"},
             {"", home, file("[default]\nlogin_session=x"), "login_session"},
             {"", home, file("[default]\nhidden"), "/h/.aws/config: line 2: Expected an '=' sign"},
             {"", home,
              file("[default]\naws_access_key_id=x\naws_secret_access_key=hidden\n  hidden"),
              "the secret access key contains"},
         }) {
        MapEnvironment const environment(c.variables, c.files);
        auto const got = Profile(c.in_code, environment)->GetCredentials();
        if (c.error.empty()) {
            EXPECT_TRUE(got && !*got) << (got ? "" : got.error().message);
            continue;
        }
        ASSERT_FALSE(got) << c.error;
        EXPECT_EQ(got.error().code, ErrorCode::kCredentials);
        EXPECT_THAT(got.error().message, AllOf(HasSubstr(c.error), Not(HasSubstr("hidden"))));
    }
}

TEST(ProfileCredentialsTest, StaticKeysWinOverAProcess) {
    MapEnvironment const environment(Map{{"HOME", "/h"}},
                                     Map{{"/h/.aws/config",
                                          "[default]\ncredential_process=p\naws_access_key_id=x\n"
                                          "aws_secret_access_key=y"}});
    EXPECT_TRUE(Profile("", environment)->GetCredentials().value().HasCredentials());
}

/// Files that can be changed, and fail.
class ChangingEnvironment final : public Environment {
  public:
    std::optional<std::string> Get(std::string_view name) const override {
        if (name == "HOME") return "/h";
        if (name == "AWS_CONFIG_FILE" && named) return "/c";
        return std::nullopt;
    }
    Result<std::string> ReadFile(std::string const& path, std::size_t) const override {
        ++reads;
        if (path.ends_with("credentials")) return text;
        return Fail(ErrorCode::kIo, path + ": Permission denied");
    }
    std::string text;
    bool named = false;
    mutable int reads = 0;
};

TEST(ProfileCredentialsTest, ReadsTheFilesAgainWhenAskedAgain) {
    ChangingEnvironment environment;
    environment.text = "[default]\naws_access_key_id=old\naws_secret_access_key=y";
    auto const provider = Profile("", environment);
    EXPECT_EQ(environment.reads, 0);
    EXPECT_EQ((*provider->GetCredentials())->access_key_id, "old");
    environment.text = "[default]\naws_access_key_id=new\naws_secret_access_key=y";
    EXPECT_EQ((*provider->GetCredentials())->access_key_id, "new");
}

TEST(ProfileFilesTest, AnUnreadableFileMattersOnlyWhenNamed) {
    ChangingEnvironment environment;
    environment.text = "[default]\nk=v";
    aws::ProfileFiles files("", environment);
    EXPECT_TRUE(files.Load());
    environment.named = true;
    auto const set = files.Reload();
    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().code, ErrorCode::kIo);
    EXPECT_THAT(set.error().message, HasSubstr("/c: Permission denied"));
}

TEST(CredentialsChainTest, FirstWinsAndFirstFailureEnds) {
    MapEnvironment const none(Map{});
    MapEnvironment const half(Map{{"AWS_ACCESS_KEY_ID", "x"}});
    auto const found = MakeStaticCredentials(Keys("id", "secret"));
    auto const other = MakeStaticCredentials(Keys("other", "secret"));

    auto const first = MakeCredentialsChain({MakeEnvironmentCredentials(none), found, other});
    EXPECT_EQ((*first->GetCredentials())->access_key_id, "id");
    auto const failing = MakeCredentialsChain({MakeEnvironmentCredentials(half), found});
    EXPECT_EQ(failing->GetCredentials().error().code, ErrorCode::kCredentials);
    auto const empty =
        MakeCredentialsChain({MakeEnvironmentCredentials(none), nullptr, Profile("", none)});
    auto const got = empty->GetCredentials();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kCredentials);
    EXPECT_EQ(got.error().message,
              "no AWS credentials; tried: environment: AWS_ACCESS_KEY_ID is not set; profile "
              "default: no such profile (looked in no file, because HOME is not set)");
    EXPECT_THAT(MakeCredentialsChain({})->GetCredentials().error().message,
                HasSubstr("tried: nothing"));
}

}  // namespace
}  // namespace lddynamo
