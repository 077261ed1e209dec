#include "http_client_fixture.hpp"

#include "aws/sha1.hpp"
#include "http/proxy.hpp"
#include "http/wire_log.hpp"

namespace lddynamo::dynamodb {
namespace {

/// Any eight characters of a secret in a row are too many.
bool ShowsPartOf(std::string_view secret, std::string_view text) {
    for (std::size_t i = 0; i + 8 <= secret.size(); ++i) {
        if (text.find(secret.substr(i, 8)) != std::string_view::npos) return true;
    }
    return false;
}

TEST_F(HttpClientTest, NoErrorAndNoLogLineShowsASecret) {
    std::string const secret(kSecret);
    std::string const token(kToken);
    std::string const both = secret + " " + token;
    std::vector<Result<HttpResponse>> const answers{
        Ok(),
        Ok(R"({"Item":{"a":{"S":")" + both + R"("}}})"),
        Ok(both),
        Ok("<html>" + both),
        Ok(std::string(50, ' ') + "x " + token),
        Ok(R"({"Item":")" + both + R"("})"),
        Ok(R"({"Item":{"a":{")" + token + R"(":1}}})"),
        Ok(both, {{"x-amz-crc32", "1"}}),
        ServiceFault(
            403, "InvalidSignatureException",
            "The Canonical String for this request should have been x-amz-security-token:" + token),
        ServiceFault(400, "ValidationException", both),
        ServiceFault(400, "ThrottlingException", both),
        ServiceFault(500, "InternalServerError", both, {{"x-amzn-RequestId", "id"}}),
        test_support::JsonAnswer(502, both),
        test_support::JsonAnswer(400, R"({"__type":"x#TransactionCanceledException","Message":"m",)"
                                      R"("CancellationReasons":[{"Code":"X","Message":")" +
                                          token + R"("}]})"),
        Fail(ErrorCode::kConnection, "sent " + both),
        Fail(ErrorCode::kTls, "sent " + both),
    };
    for (auto const& answer : answers) {
        for (int i = 0; i < 4; ++i) transport_->Add(answer);
        auto const got = Client().GetItem(Get());
        if (!got) {
            EXPECT_FALSE(ShowsPartOf(secret, got.error().Describe())) << got.error().Describe();
            EXPECT_FALSE(ShowsPartOf(token, got.error().Describe())) << got.error().Describe();
        }
        while (transport_->ScriptLeft() > 0) (void)Client().DeleteItem({});
    }
    EXPECT_FALSE(sink_->Lines().empty());
    for (std::string const& line : sink_->Lines()) {
        EXPECT_FALSE(ShowsPartOf(secret, line)) << line;
        EXPECT_FALSE(ShowsPartOf(token, line)) << line;
    }
    // They were sent where they belong.
    EXPECT_EQ(Header(0, "X-Amz-Security-Token"), token);
}

TEST_F(HttpClientTest, NoConfigurationErrorShowsASecret) {
    std::string const secret(kSecret);
    struct Case {
        Variables change;
        Variables files;
    };
    for (auto const& [change, files] : std::vector<Case>{
             {{{"AWS_ACCESS_KEY_ID", ""}}, {}},
             {{{"AWS_SECRET_ACCESS_KEY", secret + "\nX"}}, {}},
             {{{"AWS_SESSION_TOKEN", secret + "\r\nX: y"}}, {}},
             {{{"AWS_ENDPOINT_URL", "http://user:" + secret + "@h"}}, {}},
             {{{"AWS_ENDPOINT_URL", "http://h/?" + secret}}, {}},
             {{{"AWS_CREDENTIAL_EXPIRATION", secret}}, {}},
             {{{"HOME", "/h"}, {"AWS_PROFILE", "p"}, {"AWS_REGION", ""}},
              {{"/h/.aws/credentials", "[p]\naws_secret_access_key " + secret}}},
             {{{"HOME", "/h"}, {"AWS_ACCESS_KEY_ID", ""}, {"AWS_SECRET_ACCESS_KEY", ""}},
              {{"/h/.aws/credentials", "[default]\naws_secret_access_key = " + secret}}},
         }) {
        Variables variables = Usual();
        for (auto const& [name, value] : change) variables[name] = value;
        MapEnvironment const environment(variables, files);
        DynamoDbClientOptions options;
        options.aws.environment = &environment;
        options.aws.clock = &clock_;
        options.aws.logger = Logger(sink_);
        options.transport = transport_;
        auto const got = MakeDynamoDbClient(options).value()->GetItem(Get());
        ASSERT_FALSE(got);
        EXPECT_FALSE(ShowsPartOf(secret, got.error().Describe())) << got.error().Describe();
    }
    EXPECT_EQ(transport_->SentCount(), 0U);
    for (std::string const& line : sink_->Lines()) EXPECT_FALSE(ShowsPartOf(secret, line)) << line;
}

/// Every source of credentials, with a wire log as the real transport writes it.
class SecretSourcesTest : public HttpClientTest {
  protected:
    using Lines = std::vector<std::string>;
    struct Source {
        std::string name{};
        Variables variables{};
        Variables files{};
        std::size_t requests = 0;  ///< For credentials, when all goes well.
        bool works = true;
    };
    /// What becomes of an answer.
    enum class Trouble {
        kNone,
        kEcho,      ///< An error of the service that repeats all that was sent.
        kPage,      ///< A page that does, of something on the way.
        kStatus,    ///< What was asked for, as if it were an error.
        kDocument,  ///< Keys, whatever was asked for.
    };

    static inline Lines const kSecrets{
        "wJalrXUtnFEMI/K7+0001",
        "static-Session+Token/0002",
        "proxy-Passw0rd-0003",
        "eyJhbGci.OiJub25l.0004",
        "Q29udGFpbmVy-0005",
        "sso-Access.Token-0006",
        "sso-Refresh.Token-0007",
        "oidc-Client-Secret-0008",
        "imds-Session-Token==0009",
        "given-Secret+Key/0010",
        "given-Session+Token/0011",
        "sso-New.Token-0012",
        "qTz8+printed-0013",
        "dXNlcjpwcm94eS1QYXNzdzByZC0wMDAz",  // the proxy's, as it is sent
    };
    static std::string Secret(std::size_t number) { return kSecrets.at(number - 1); }

    static std::vector<Source> Sources() {
        std::string const keys =
            "aws_access_key_id=AKIDSTATIC\naws_secret_access_key=" + Secret(1) +
            "\naws_session_token=" + Secret(2) + "\n";
        std::string const sso_cache = R"({"accessToken":")" + Secret(6) +
                                      R"(","expiresAt":"2023-11-14T22:20:00Z",)" +
                                      R"("refreshToken":")" + Secret(7) +
                                      R"(","clientId":"c","clientSecret":")" + Secret(8) + R"("})";
        std::string const printed =
            R"({"Version":1,"AccessKeyId":"ASIAPROCESS","SecretAccessKey":")" + Secret(13) +
            R"(","SessionToken":")" + Secret(11) + R"("})";
        return {
            {"static keys",
             {{"AWS_ACCESS_KEY_ID", "AKIDSTATIC"},
              {"AWS_SECRET_ACCESS_KEY", Secret(1)},
              {"AWS_SESSION_TOKEN", Secret(2)}},
             {},
             0},
            {"web identity",
             {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"}, {"AWS_ROLE_ARN", "arn:aws:iam::1:role/r"}},
             {{"/token", Secret(4)}},
             1},
            {"role",
             {},
             {{"/h/.aws/config",
               "[default]\nrole_arn=arn:aws:iam::1:role/r\nsource_profile=base\n"},
              {"/h/.aws/credentials", "[base]\n" + keys}},
             1},
            {"SSO",
             {},
             {{"/h/.aws/config",
               "[default]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\n"
               "[sso-session s]\nsso_region=us-east-1\nsso_start_url=https://x\n"},
              {"/h/.aws/sso/cache/" + aws::Sha1Hex("s") + ".json", sso_cache}},
             2},
            {"process",
             {},
             {{"/h/.aws/config", "[default]\ncredential_process=/bin/echo '" + printed + "'\n"}},
             0},
            {"process that fails",
             {},
             {{"/h/.aws/config", "[default]\ncredential_process=/bin/sh -c 'echo " + Secret(13) +
                                     "; echo not " + Secret(13).substr(2) + " >&2; exit 3'\n"}},
             0,
             false},
            {"process that prints a key alone",
             {},
             {{"/h/.aws/config", "[default]\ncredential_process=/bin/echo " + Secret(13) + "\n"}},
             0,
             false},
            {"container",
             {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1"},
              {"AWS_CONTAINER_AUTHORIZATION_TOKEN", Secret(5)}},
             {},
             1},
            {"instance metadata", {{"AWS_EC2_METADATA_DISABLED", ""}}, {}, 3},
        };
    }

    static std::string KeyDocument() {
        return R"({"Code":"Success","AccessKeyId":"ASIAGIVEN","SecretAccessKey":")" + Secret(10) +
               R"(","Token":")" + Secret(11) + R"(","Expiration":"2023-11-14T23:13:20Z"})";
    }

    /// A good answer of whatever service it is.
    static HttpResponse Good(HttpRequest const& request) {
        auto const& url = request.url;
        auto const has = [&](std::string_view part) { return url.find(part) != url.npos; };
        if (has("/api/token")) return Ok(Secret(9));
        if (url.ends_with("/security-credentials/")) return Ok("role");
        if (has("169.254.")) return Ok(KeyDocument());
        if (has("/token")) {
            return Ok(R"({"accessToken":")" + Secret(12) +
                      R"(","expiresIn":3600,"refreshToken":")" + Secret(7) + R"("})");
        }
        if (has("/federation/")) {
            return Ok(R"({"roleCredentials":{"accessKeyId":"ASIAGIVEN","secretAccessKey":")" +
                      Secret(10) + R"(","sessionToken":")" + Secret(11) +
                      R"(","expiration":1700003600000}})");
        }
        if (has("//sts.")) {
            std::string const action = request.body.find("WebIdentityToken") != std::string::npos
                                           ? "AssumeRoleWithWebIdentity"
                                           : "AssumeRole";
            return Ok(
                "<R><" + action +
                "Result><Credentials><AccessKeyId>ASIAGIVEN</AccessKeyId><SecretAccessKey>" +
                Secret(10) + "</SecretAccessKey><SessionToken>" + Secret(11) +
                "</SessionToken><Expiration>2023-11-14T23:13:20Z</Expiration></Credentials></" +
                action + "Result></R>");
        }
        return Ok(R"({"Item":{"key":{"S":"k"}}})");
    }

    static HttpResponse Echo(HttpRequest const& request) {
        std::string sent;
        for (auto const& [name, value] : request.headers) sent += value + " ";
        std::string all = std::string(280, 'x') + " " + sent;  // so that cuts go through it
        if (request.url.find("//sts.") != std::string::npos) {
            std::string text = sent;
            for (char const c : request.body) text += c == '&' ? "&amp;" : std::string(1, c);
            return test_support::JsonAnswer(403, "<E><Error><Code>" + text + "</Code><Message>" +
                                                     text + "</Message></Error><RequestId>" + text +
                                                     "</RequestId></E>");
        }
        for (std::string const& secret : {Secret(7), Secret(8)}) {
            if (request.body.find(secret) != std::string::npos) all = secret + " " + all;
        }
        return test_support::JsonAnswer(400, R"({"__type":"x#ValidationException","error":")" +
                                                 all + R"(","code":"C","message":")" + all +
                                                 R"("})");
    }

    static HttpResponse Page(HttpRequest const& request, http::Route const& route) {
        std::string page = "<html>You sent" + std::string(100, '.') + request.body;
        for (auto const& [name, value] : request.headers) page += " " + value;
        if (route.proxy) page.append(" ").append(route.proxy->authorization.Reveal());
        return test_support::JsonAnswer(502, page, {{"X-Echo", page.substr(100)}});
    }

    static HttpResponse AnswerOf(Trouble trouble, HttpRequest const& request,
                                 http::Route const& route) {
        HttpResponse answer = Good(request);
        switch (trouble) {
            case Trouble::kNone:
                break;
            case Trouble::kEcho:
                return Echo(request);
            case Trouble::kPage:
                return Page(request, route);
            case Trouble::kStatus:
                answer.status = 500;
                break;
            case Trouble::kDocument:
                return Ok(KeyDocument());
        }
        return answer;
    }

    /// Gets an item with the credentials of `source`. @return what is to be shown to a user.
    /// @param trouble  from the `begin`th request for credentials on.
    Lines Run(Source const& source, Trouble trouble, std::size_t begin, Trouble at_table) {
        auto const sink = std::make_shared<test_support::CapturingSink>();
        Variables variables{{"AWS_REGION", "us-east-1"},
                            {"AWS_ENDPOINT_URL_DYNAMODB", "http://table:8000"},
                            {"AWS_EC2_METADATA_DISABLED", "true"},
                            {"HOME", "/h"},
                            {"http_proxy", "http://user:" + Secret(3) + "@proxy:3128"},
                            {"https_proxy", "http://user:" + Secret(3) + "@proxy:3128"}};
        for (auto const& [name, value] : source.variables) variables[name] = value;
        MapEnvironment const environment(variables, source.files);
        http::ProxySettings proxies({}, {}, environment);
        auto const transport = std::make_shared<test_support::FakeTransport>(clock_);
        std::uint64_t number = 0;
        credential_requests_ = 0;
        transport->SetHandler([&](HttpRequest const& request) {
            bool const is_table = request.url.find("//table:") != std::string::npos;
            bool const begun = credential_requests_ >= begin;
            if (!is_table) ++credential_requests_;
            http::Route route;
            route.url = *http::ParseUrl(request.url);
            if (!request.bypass_proxy) route.proxy = *proxies.For(route.url);
            // Only what serves this machine alone goes around the proxy.
            EXPECT_EQ(route.proxy == nullptr, request.url.find("169.254.") != std::string::npos);
            EXPECT_EQ(request.secret_body, !is_table) << request.url;
            http::WireLog log(Logger(sink), ++number, request.secret_body);
            log.Request(request, route);
            auto answer = AnswerOf(is_table ? at_table
                                   : begun  ? trouble
                                            : Trouble::kNone,
                                   request, route);
            log.Answer(answer);
            return answer;
        });
        DynamoDbClientOptions options;
        options.aws.environment = &environment;
        options.aws.clock = &clock_;
        options.aws.logger = Logger(sink);
        options.aws.credentials = MakeDefaultCredentials(options.aws, transport);
        options.transport = transport;
        auto const got = MakeDynamoDbClient(options).value()->GetItem(Get());
        Lines shown = sink->Lines();
        succeeded_ = got.has_value();
        if (!got) shown.push_back(got.error().Describe());
        return shown;
    }

    std::size_t credential_requests_ = 0;
    bool succeeded_ = false;
};

TEST_F(SecretSourcesTest, NoSecretOfAnySourceIsShownAtAnyLevel) {
    auto const check = [&](Source const& source, Lines const& shown) {
        EXPECT_FALSE(shown.empty());
        for (std::string const& line : shown) {
            for (std::string const& secret : kSecrets) {
                EXPECT_FALSE(ShowsPartOf(secret, line))
                    << source.name << ", " << secret << ": " << line;
            }
        }
    };
    for (Source const& source : Sources()) {
        for (auto const at_table : {Trouble::kNone, Trouble::kEcho, Trouble::kPage}) {
            auto const shown = Run(source, Trouble::kNone, 0, at_table);
            check(source, shown);
            EXPECT_EQ(credential_requests_, source.requests) << source.name;
            EXPECT_EQ(succeeded_, at_table == Trouble::kNone && source.works)
                << source.name << ": " << shown.back();
        }
        for (auto const trouble :
             {Trouble::kEcho, Trouble::kPage, Trouble::kStatus, Trouble::kDocument}) {
            for (std::size_t begin = 0; begin < source.requests; ++begin) {
                check(source, Run(source, trouble, begin, Trouble::kEcho));
                EXPECT_GT(credential_requests_, begin) << source.name;
            }
        }
    }
}

}  // namespace
}  // namespace lddynamo::dynamodb
