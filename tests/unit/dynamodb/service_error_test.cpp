#include "dynamodb/service_error.hpp"

#include "dynamodb/answer_checksum.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::dynamodb {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

ServiceError Read(int status, std::string body, HttpHeaders headers = {},
                  Redaction const& redaction = {}, std::string_view operation = "GetItem") {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    response.headers = std::move(headers);
    return ReadServiceError(operation, response, redaction);
}

TEST(ServiceErrorTest, ShortensTypes) {
    EXPECT_EQ(ShortErrorType("com.amazonaws.dynamodb.v20120810#ValidationException"),
              "ValidationException");
    EXPECT_EQ(ShortErrorType("a#ValidationException:http://internal.amazon.com/"),
              "ValidationException");
    EXPECT_EQ(ShortErrorType("ValidationException"), "ValidationException");
    EXPECT_EQ(ShortErrorType(""), "");
    EXPECT_EQ(ShortErrorType("#"), "");
}

TEST(ServiceErrorTest, MapsCodes) {
    struct Case {
        int status;
        std::string_view service_code;
        ErrorCode code;
        std::string_view operation = "GetItem";
        std::string_view message = "";
    };
    for (auto const& c : std::vector<Case>{
             {400, "ValidationException", ErrorCode::kInvalidArgument},
             {400, "ValidationException", ErrorCode::kTooLarge, "PutItem",
              "Item size has exceeded the maximum allowed size"},
             {400, "SerializationException", ErrorCode::kInvalidArgument},
             {400, "ResourceNotFoundException", ErrorCode::kNotFound},
             {400, "ResourceInUseException", ErrorCode::kAlreadyExists, "CreateTable"},
             {400, "ResourceInUseException", ErrorCode::kConflict, "DeleteTable"},
             {400, "ConditionalCheckFailedException", ErrorCode::kConditionFailed},
             {400, "TransactionCanceledException", ErrorCode::kConflict},
             {400, "TransactionConflictException", ErrorCode::kConflict},
             {400, "ProvisionedThroughputExceededException", ErrorCode::kThrottled},
             {400, "ThrottlingException", ErrorCode::kThrottled},
             {400, "ItemCollectionSizeLimitExceededException", ErrorCode::kTooLarge},
             {400, "UnrecognizedClientException", ErrorCode::kCredentials},
             {400, "InvalidSignatureException", ErrorCode::kCredentials},
             {400, "ExpiredTokenException", ErrorCode::kCredentials},
             {400, "AccessDeniedException", ErrorCode::kAccessDenied},
             {500, "InternalServerError", ErrorCode::kUnavailable},
             {503, "NeverHeardOf", ErrorCode::kUnavailable},
             {400, "NeverHeardOf", ErrorCode::kService},
             {413, "", ErrorCode::kTooLarge},
             {403, "", ErrorCode::kAccessDenied},
             {429, "", ErrorCode::kThrottled},
             {302, "", ErrorCode::kService},
             {502, "", ErrorCode::kUnavailable},
         }) {
        EXPECT_EQ(CodeOf(c.service_code, c.operation, c.message, c.status), c.code)
            << c.service_code << c.status;
    }
}

TEST(ServiceErrorTest, ReadsTheServicesJson) {
    auto const error =
        Read(400,
             R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",)"
             R"("message":"Requested resource not found"})",
             {{"X-Amzn-Requestid", "ABC123"}})
            .error;
    EXPECT_EQ(error.code, ErrorCode::kNotFound);
    EXPECT_EQ(error.message, "Requested resource not found");
    EXPECT_EQ(error.service_code, "ResourceNotFoundException");
    EXPECT_EQ(error.request_id, "ABC123");
    EXPECT_EQ(error.http_status, 400);
    // Other spellings.
    EXPECT_EQ(Read(400, R"({"__type":"x#ValidationException","Message":"Big M"})").error.message,
              "Big M");
    EXPECT_EQ(Read(400, R"({"__type":"x#ValidationException"})").error.message,
              "ValidationException");
    EXPECT_EQ(Read(400, R"({"code":"ValidationException","message":"m"})").error.code,
              ErrorCode::kInvalidArgument);
    EXPECT_EQ(Read(400, "", {{"x-amzn-errortype", "ValidationException:http://x"}}).error.code,
              ErrorCode::kInvalidArgument);
    EXPECT_EQ(Read(400, R"({"__type":7,"message":[]})").error.code, ErrorCode::kService);
}

TEST(ServiceErrorTest, SurvivesForeignBodies) {
    struct Case {
        int status;
        std::string body;
        ErrorCode code;
        std::string message;
    };
    for (auto const& c : std::vector<Case>{
             {502, "<html><body>Bad Gateway</body></html>", ErrorCode::kUnavailable,
              "HTTP 502, is not DynamoDB's JSON: it looks like HTML or XML, it starts with "
              "'<html>"},
             {503, "", ErrorCode::kUnavailable, "it is empty"},
             {404, "  \r\n ", ErrorCode::kService, "it is empty"},
             {404, "not found\nhere", ErrorCode::kService, "it starts with 'not found here'"},
             {400, "{\"__type\":", ErrorCode::kService, "it starts with '{\"__type\":'"},
             {400, "[1,2]", ErrorCode::kService, "it starts with '[1,2]'"},
             {400, std::string("\x1f\x8b\x00\x01", 4), ErrorCode::kService,
              "it starts with '?\?\?\?'"},
             {400, std::string(100000, 'x'), ErrorCode::kService, "xxx...'"},
             {400, std::string(100000, '['), ErrorCode::kService, "[[[...'"},
             {500, "{}", ErrorCode::kUnavailable, "names no error"},
         }) {
        auto const error = Read(c.status, c.body).error;
        EXPECT_EQ(error.code, c.code) << c.message;
        EXPECT_EQ(error.http_status, c.status);
        EXPECT_THAT(error.message, HasSubstr(c.message));
        EXPECT_LT(error.message.size(), 300U);
    }
}

TEST(ServiceErrorTest, TheRowOfAFailedCondition) {
    auto const with = Read(400, R"({"__type":"x#ConditionalCheckFailedException","message":"m",)"
                                R"("Item":{"version":{"N":"3"}}})");
    ASSERT_TRUE(with.item);
    EXPECT_EQ(*FindAttribute(*with.item, "version")->AsN(), "3");
    EXPECT_FALSE(Read(400, R"({"__type":"x#ConditionalCheckFailedException"})").item);
    EXPECT_FALSE(
        Read(400, R"({"__type":"x#ConditionalCheckFailedException","Item":{"a":1}})").item);
}

TEST(ServiceErrorTest, ReasonsOfTransactionsAndThrottling) {
    auto const read = [](std::string const& reasons) {
        return Read(400, R"({"__type":"x#TransactionCanceledException","Message":"cancelled",)"
                         R"("CancellationReasons":)" +
                             reasons + "}");
    };
    auto const failed = read(
        R"([{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"The conditional request failed"}])");
    EXPECT_EQ(failed.error.message,
              "cancelled [2: ConditionalCheckFailed (The conditional request failed)]");
    EXPECT_FALSE(failed.is_contention);
    EXPECT_EQ(failed.error.code, ErrorCode::kConditionFailed);
    EXPECT_EQ(
        read(R"([{"Code":"TransactionConflict"},{"Code":"ConditionalCheckFailed"}])").error.code,
        ErrorCode::kConditionFailed);
    EXPECT_EQ(read(R"([{"Code":"ValidationError"}])").error.code, ErrorCode::kInvalidArgument);
    for (char const* const passing : {R"([{"Code":"TransactionConflict"}])", "[]", "7"}) {
        EXPECT_EQ(read(passing).error.code, ErrorCode::kConflict) << passing;
    }
    EXPECT_TRUE(read(R"([{"Code":"None"},{"Code":"TransactionConflict"}])").is_contention);
    EXPECT_TRUE(read(R"([{"Code":"ThrottlingError"},{"Code":"ProvisionedThroughputExceeded"}])")
                    .is_contention);
    EXPECT_FALSE(
        read(R"([{"Code":"TransactionConflict"},{"Code":"ValidationError"}])").is_contention);
    EXPECT_FALSE(read(R"([{"Code":"None"}])").is_contention);
    EXPECT_FALSE(read("[]").is_contention);
    EXPECT_FALSE(read("7").is_contention);
    EXPECT_FALSE(read(R"([7,{"Code":"TransactionConflict"}])").is_contention);

    auto const throttled =
        Read(400, R"({"__type":"x#ThrottlingException","message":"slow",)"
                  R"("ThrottlingReasons":[{"reason":"TableReadProvisionedThroughputExceeded",)"
                  R"("resource":"arn:aws:dynamodb:us-east-1:1:table/t"}]})")
            .error;
    EXPECT_EQ(throttled.message,
              "slow [TableReadProvisionedThroughputExceeded at "
              "arn:aws:dynamodb:us-east-1:1:table/t]");
}

TEST(ServiceErrorTest, SecretsThatAServiceRepeatsAreHidden) {
    Redaction const redaction{"wJalrXUtnFEMI/K7MDENG", "session/token+"};
    auto const clean = AllOf(Not(HasSubstr("wJalrXUtnFEMI")), Not(HasSubstr("session/token")));
    // AWS repeats the canonical request, which has the token.
    EXPECT_THAT(Read(403,
                     R"({"__type":"x#InvalidSignatureException","message":"The Canonical String )"
                     R"(should have been\n'POST\nx-amz-security-token:session\/token+\n'"})",
                     {}, redaction)
                    .error.message,
                AllOf(clean, HasSubstr("x-amz-security-token:*** '")));
    EXPECT_THAT(Read(500, "wJalrXUtnFEMI/K7MDENG session/token+", {}, redaction).error.message,
                clean);
    // Cut in the middle of a secret.
    EXPECT_THAT(
        Read(500, std::string(55, 'x') + "wJalrXUtnFEMI/K7MDENG", {}, redaction).error.message,
        Not(HasSubstr("xwJ")));
    EXPECT_THAT(Read(400,
                     R"({"__type":"x#ValidationException","message":")" + std::string(995, 'x') +
                         R"(wJalrXUtnFEMI/K7MDENG"})",
                     {}, redaction)
                    .error.message,
                Not(HasSubstr("xwJ")));
    auto const reasons = Read(
        400,
        R"({"__type":"x#TransactionCanceledException","message":"m","CancellationReasons":)"
        R"([{"Code":"C","Message":")" +
            std::string(108, 'x') + R"(wJalrXUtnFEMI/K7MDENG"}],"ThrottlingReasons":[{"reason":")" +
            std::string(68, 'y') + R"(wJalrXUtnFEMI/K7MDENG","resource":"r"}]})",
        {}, redaction);
    EXPECT_THAT(reasons.error.message, AllOf(clean, HasSubstr("xxx***"), HasSubstr("yyy***")));
    // In places where the service has other things to say.
    auto const odd = Read(400, R"({"__type":"wJalrXUtnFEMI/K7MDENG"})",
                          {{"x-amzn-RequestId", "id session/token+"}}, redaction);
    EXPECT_THAT(odd.error.Describe(), AllOf(clean, HasSubstr("id ***")));
}

TEST(ServiceErrorTest, MessagesAreOneShortLine) {
    std::string long_text;
    for (int i = 0; i < 2000; ++i) long_text += "\xC3\xA9";
    auto const message =
        Read(400, R"({"__type":"x#ValidationException","message":"a\r\nb\t)" + long_text + R"("})")
            .error.message;
    EXPECT_TRUE(message.starts_with("a  b "));
    EXPECT_LE(message.size(), 1003U);
    EXPECT_TRUE(message.ends_with("\xC3\xA9..."));
}

TEST(AnswerChecksumTest, ChecksTheBodyAsSent) {
    auto const matches = [](std::string body, HttpHeaders headers) {
        HttpResponse response;
        response.body = std::move(body);
        response.headers = std::move(headers);
        return HasMatchingChecksum(response);
    };
    // "123456789": the check value of CRC-32.
    EXPECT_TRUE(matches("123456789", {{"x-amz-crc32", "3421780262"}}));
    EXPECT_TRUE(matches("123456789", {{"X-Amz-Crc32", " 3421780262 "}}));
    EXPECT_FALSE(matches("12345678", {{"x-amz-crc32", "3421780262"}}));
    EXPECT_TRUE(matches("", {{"x-amz-crc32", "0"}}));
    EXPECT_TRUE(matches("anything", {}));
    EXPECT_TRUE(matches("anything", {{"x-amz-crc32", "none"}}));
    EXPECT_TRUE(matches("anything", {{"x-amz-crc32", "99999999999"}}));
}

}  // namespace
}  // namespace lddynamo::dynamodb
