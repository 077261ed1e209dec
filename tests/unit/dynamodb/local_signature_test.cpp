#include "aws/sigv4.hpp"
#include "dynamodb/local/local_service.hpp"
#include "dynamodb/local/signature_check.hpp"

#include "support/fake_clock.hpp"

#include <gmock/gmock.h>

namespace lddynamo::dynamodb::local {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// 20150830T123600Z
auto const kNow = std::chrono::system_clock::from_time_t(1440938160);

AwsCredentials Keys(std::string_view token = {}) {
    AwsCredentials keys;
    keys.access_key_id = "AKIDEXAMPLE";
    keys.secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    keys.session_token = Secret(token);
    return keys;
}

http::ServerRequest Signed(AwsCredentials const& keys = Keys(),
                           std::chrono::system_clock::time_point time = kNow,
                           aws::SigningScope const& scope = {"eu-west-1", "dynamodb"}) {
    HttpRequest request;
    request.method = "POST";
    request.headers = {{"X-Amz-Target", "DynamoDB_20120810.ListTables"},
                       {"Content-Type", "application/x-amz-json-1.0"}};
    request.body = "{}";
    aws::RequestSigner().Sign(request, {"localhost:8000", "/"}, keys, scope, time);
    http::ServerRequest server;
    server.method = request.method;
    server.target = "/";
    server.headers = request.headers;
    server.body = request.body;
    return server;
}

std::string& Header(http::ServerRequest& request, std::string_view name) {
    for (auto& [header, value] : request.headers) {
        if (header == name) return value;
    }
    throw std::out_of_range(std::string(name));
}

void Replace(std::string& text, std::string_view from, std::string_view to) {
    auto const at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from << " in " << text;
    text.replace(at, from.size(), to);
}

/// "Code: message", or "" when it is accepted.
std::string Check(http::ServerRequest const& request, AwsCredentials const& keys = Keys(),
                  std::string const& region = "eu-west-1") {
    auto const refusal = SignatureCheck(keys, region).Refusal(request, kNow);
    if (!refusal) return {};
    EXPECT_EQ(refusal->http_status, 400);
    EXPECT_THAT(refusal->message, ::testing::Not(HasSubstr("MDENG")));
    return refusal->code + ": " + refusal->message;
}

TEST(LocalSignatureTest, AcceptsWhatIsSigned) {
    EXPECT_EQ(Check(Signed()), "");
    EXPECT_EQ(Check(Signed(), Keys(), ""), "");  // any region
    EXPECT_EQ(Check(Signed(Keys("token")), Keys("token")), "");
    EXPECT_EQ(Check(Signed(Keys(), kNow - 15min)), "");
    EXPECT_EQ(Check(Signed(Keys(), kNow + 15min)), "");
    auto request = Signed();  // what was not signed may be there
    request.headers.emplace_back("User-Agent", "me");
    EXPECT_EQ(Check(request), "");
}

TEST(LocalSignatureTest, RefusesWhatWasChanged) {
    std::string const mismatch =
        "InvalidSignatureException: The request signature we calculated does not match the "
        "signature you provided. Check your AWS Secret Access Key and signing method. Consult the "
        "service documentation for details.";
    auto request = Signed();
    request.body = "{ }";
    EXPECT_THAT(Check(request), StartsWith(mismatch));
    EXPECT_THAT(Check(request), HasSubstr("The Canonical String for this request should have "
                                          "been\n'POST\n/\n\ncontent-type:application"));
    EXPECT_THAT(Check(request), HasSubstr("The String-to-Sign should have been\n'AWS4-HMAC-SHA256\n"
                                          "20150830T123600Z\n20150830/eu-west-1/dynamodb/"));
    request = Signed();
    Header(request, "X-Amz-Target") = "DynamoDB_20120810.DeleteTable";
    EXPECT_THAT(Check(request), StartsWith(mismatch));
    request = Signed();
    request.target = "/?a=b";
    EXPECT_THAT(Check(request), StartsWith(mismatch));
    request = Signed();
    request.headers.emplace_back("X-Amz-Target", "DynamoDB_20120810.DeleteTable");
    EXPECT_THAT(Check(request), StartsWith(mismatch));
    request = Signed();
    auto& authorization = Header(request, "Authorization");
    authorization.back() = authorization.back() == '0' ? '1' : '0';
    EXPECT_THAT(Check(request), StartsWith(mismatch));
    authorization.pop_back();
    EXPECT_THAT(Check(request), StartsWith(mismatch));
    auto other = Keys();
    other.secret_access_key = Secret("other");
    EXPECT_THAT(Check(Signed(other)), StartsWith(mismatch));
}

TEST(LocalSignatureTest, TellsWhatIsMissing) {
    auto request = Signed();
    std::string const authorization = Header(request, "Authorization");
    auto const with = [&](std::string text) {
        auto changed = Signed();
        Header(changed, "Authorization") = std::move(text);
        return Check(changed);
    };
    http::ServerRequest bare;
    bare.method = "POST";
    bare.target = "/";
    EXPECT_EQ(Check(bare),
              "MissingAuthenticationTokenException: Request is missing Authentication Token");
    EXPECT_EQ(with("Basic abc"),
              "MissingAuthenticationTokenException: Request is missing Authentication Token");
    EXPECT_EQ(with("AWS4-HMAC-SHA256 Credential=a"),
              "IncompleteSignatureException: Authorization header requires 'Signature' parameter. "
              "Authorization header requires 'SignedHeaders' parameter. "
              "Authorization=AWS4-HMAC-SHA256 Credential=a");
    request.headers.erase(request.headers.begin() + 3);
    EXPECT_THAT(Check(request), HasSubstr("requires existence of either a 'X-Amz-Date'"));
    request = Signed();
    Header(request, "X-Amz-Date") = "2015-08-30";
    EXPECT_EQ(Check(request),
              "IncompleteSignatureException: Date must be in ISO-8601 'basic format'. Got "
              "'2015-08-30'. See http://en.wikipedia.org/wiki/ISO_8601");
    std::string text = authorization;
    Replace(text, "host;", "");
    EXPECT_EQ(with(text),
              "InvalidSignatureException: 'Host' must be a 'SignedHeader' in the AWS "
              "Authorization.");
    text = authorization;
    Replace(text, "SHA256", "SHA25");
    EXPECT_EQ(with(text),
              "IncompleteSignatureException: Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only "
              "AWS4-HMAC-SHA256 for now). ");
    text = authorization;
    Replace(text, "/eu-west-1", "");
    EXPECT_THAT(with(text), StartsWith("IncompleteSignatureException: Credential must have exactly "
                                       "5 slash-delimited elements, e.g. keyid/date/region/service/"
                                       "term, got 'AKIDEXAMPLE/20150830/dynamodb/aws4_request'"));
}

TEST(LocalSignatureTest, TellsAWrongScope) {
    EXPECT_EQ(Check(Signed(Keys(), kNow, {"eu-west-2", "s3"})),
              "InvalidSignatureException: Credential should be scoped to a valid region, not "
              "'eu-west-2'. Credential should be scoped to correct service: 'dynamodb'. ");
    auto request = Signed();
    Replace(Header(request, "Authorization"), "20150830", "20150829");
    Replace(Header(request, "Authorization"), "aws4_request", "aws3");
    EXPECT_EQ(Check(request),
              "InvalidSignatureException: Credential should be scoped with a valid terminator: "
              "'aws4_request', not 'aws3'. Date in Credential scope does not match YYYYMMDD from "
              "ISO-8601 version of date from HTTP: '20150829' != '20150830', from "
              "'20150830T123600Z'.");
}

TEST(LocalSignatureTest, TellsAStrangerAndAWrongToken) {
    std::string const refused =
        "UnrecognizedClientException: The security token included in the request is invalid.";
    auto stranger = Keys();
    stranger.access_key_id = "AKIDOTHER";
    EXPECT_EQ(Check(Signed(stranger)), refused);
    EXPECT_EQ(Check(Signed(Keys("token"))), refused);
    EXPECT_EQ(Check(Signed(), Keys("token")), refused);
    EXPECT_EQ(Check(Signed(Keys("tokem")), Keys("token")), refused);
}

TEST(LocalSignatureTest, TellsATimeThatIsOff) {
    EXPECT_EQ(Check(Signed(Keys(), kNow - 15min - 1s)),
              "InvalidSignatureException: Signature expired: 20150830T122059Z is now earlier than "
              "20150830T122100Z (20150830T123600Z - 15 min.)");
    EXPECT_EQ(Check(Signed(Keys(), kNow + 15min + 1s)),
              "InvalidSignatureException: Signature not yet current: 20150830T125101Z is still "
              "later than 20150830T125100Z (20150830T123600Z + 15 min.)");
}

TEST(LocalSignatureTest, SurvivesAnyHeader) {
    std::string const good =
        Header(*std::make_unique<http::ServerRequest>(Signed()), "Authorization");
    for (std::size_t i = 0; i <= good.size(); ++i) {
        auto request = Signed();
        Header(request, "Authorization") = good.substr(0, i);
        EXPECT_EQ(Check(request).empty(), i == good.size()) << i;
    }
    auto request = Signed();
    Header(request, "Authorization") =
        "AWS4-HMAC-SHA256 ====,,,;;;=/, Credential=////, Signature=;"
        ", SignedHeaders=;;host;;";
    EXPECT_THAT(Check(request), StartsWith("InvalidSignatureException"));
}

TEST(LocalSignatureTest, TheServiceAsksBeforeItDoesAnything) {
    test_support::FakeClock clock(kNow);
    LocalServiceOptions options;
    options.clock = &clock;
    options.signatures.emplace(Keys(), "eu-west-1");
    auto const service = LocalService::Create(std::move(options)).value_or(nullptr);
    ASSERT_TRUE(service);
    EXPECT_EQ(service->Handle(Signed()).response.status, 200);
    auto request = Signed();
    request.body = "{  }";
    EXPECT_THAT(service->Handle(request).response.body,
                StartsWith(R"({"__type":"com.amazon.coral.service#InvalidSignatureException")"));
    clock.Advance(16min);
    EXPECT_THAT(service->Handle(Signed()).response.body, HasSubstr("Signature expired: "));
    request = Signed();
    request.method = "GET";
    EXPECT_EQ(service->Handle(request).response.body, "healthy: dynamodb.us-east-1.amazonaws.com ");
    request.method = "PUT";
    EXPECT_EQ(service->Handle(request).response.status, 404);
}

}  // namespace
}  // namespace lddynamo::dynamodb::local
