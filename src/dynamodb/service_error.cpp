#include "dynamodb/service_error.hpp"

#include <lddynamo/value.hpp>

#include "aws/retry.hpp"
#include "aws/text.hpp"
#include "base/redact.hpp"
#include "dynamodb/attribute_json.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace lddynamo::dynamodb {
namespace {

constexpr std::size_t kMaxMessage = 1000;
constexpr std::size_t kMaxExcerpt = 60;
constexpr std::size_t kMaxRedacted = 16384;
constexpr std::size_t kMaxReasons = 10;

struct KnownCode {
    std::string_view service_code;
    ErrorCode code;
};
constexpr std::array<KnownCode, 34> kKnownCodes{{
    {"ValidationException", ErrorCode::kInvalidArgument},
    {"SerializationException", ErrorCode::kInvalidArgument},
    {"UnknownOperationException", ErrorCode::kInvalidArgument},
    {"IdempotentParameterMismatchException", ErrorCode::kInvalidArgument},
    {"ResourceNotFoundException", ErrorCode::kNotFound},
    {"TableNotFoundException", ErrorCode::kNotFound},
    {"TableAlreadyExistsException", ErrorCode::kAlreadyExists},
    {"ResourceInUseException", ErrorCode::kConflict},
    {"TableInUseException", ErrorCode::kConflict},
    {"ConditionalCheckFailedException", ErrorCode::kConditionFailed},
    {"TransactionCanceledException", ErrorCode::kConflict},
    {"TransactionConflictException", ErrorCode::kConflict},
    {"TransactionInProgressException", ErrorCode::kConflict},
    {"ReplicatedWriteConflictException", ErrorCode::kConflict},
    {"ItemCollectionSizeLimitExceededException", ErrorCode::kTooLarge},
    {"RequestEntityTooLargeException", ErrorCode::kTooLarge},
    {"UnrecognizedClientException", ErrorCode::kCredentials},
    {"InvalidSignatureException", ErrorCode::kCredentials},
    {"SignatureDoesNotMatch", ErrorCode::kCredentials},
    {"IncompleteSignature", ErrorCode::kCredentials},
    {"IncompleteSignatureException", ErrorCode::kCredentials},
    {"MissingAuthenticationToken", ErrorCode::kCredentials},
    {"MissingAuthenticationTokenException", ErrorCode::kCredentials},
    {"ExpiredToken", ErrorCode::kCredentials},
    {"ExpiredTokenException", ErrorCode::kCredentials},
    {"RequestExpired", ErrorCode::kCredentials},
    {"RequestTimeTooSkewed", ErrorCode::kCredentials},
    {"InvalidClientTokenId", ErrorCode::kCredentials},
    {"InvalidAccessKeyId", ErrorCode::kCredentials},
    {"AuthFailure", ErrorCode::kCredentials},
    {"AccessDenied", ErrorCode::kAccessDenied},
    {"AccessDeniedException", ErrorCode::kAccessDenied},
    {"InternalServerError", ErrorCode::kUnavailable},
    {"ServiceUnavailable", ErrorCode::kUnavailable},
}};

ErrorCode CodeOfStatus(int status) noexcept {
    if (status >= 500) return ErrorCode::kUnavailable;
    switch (status) {
        case 401:
            return ErrorCode::kCredentials;
        case 403:
            return ErrorCode::kAccessDenied;
        case 408:
            return ErrorCode::kTimeout;
        case 413:
            return ErrorCode::kTooLarge;
        case 429:
            return ErrorCode::kThrottled;
        default:
            return ErrorCode::kService;
    }
}

/// One line of at most kMaxMessage bytes; UTF-8 stays whole.
std::string OneLine(std::string text) {
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    if (text.size() > kMaxMessage) {
        std::size_t end = kMaxMessage;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
        text.resize(end);
        text += "...";
    }
    return text;
}

std::string_view TextOf(Value const& body, std::string_view name, std::string_view other) {
    std::string_view const text = body[name].AsString();
    return text.empty() ? body[other].AsString() : text;
}

/// " [1: ConditionalCheckFailed, 3: ThrottlingError (Throughput exceeds ...)]": what is not "None".
std::string DescribeReasons(Value const& reasons, Redaction const& redaction) {
    std::string text;
    std::size_t count = 0;
    for (std::size_t i = 0; i < reasons.Size(); ++i) {
        Value const& reason = reasons.AsArray()[i];
        std::string_view const code = TextOf(reason, "Code", "code");
        if (code.empty() || code == "None") continue;
        if (++count > kMaxReasons) return text + ", ...]";
        text += text.empty() ? " [" : ", ";
        text += std::to_string(i + 1) + ": " + aws::Printable(redaction.Apply(code), 60);
        if (std::string_view const message = TextOf(reason, "Message", "message");
            !message.empty()) {
            text += " (" + aws::Printable(redaction.Apply(message), 120) + ")";
        }
    }
    return text.empty() ? text : text + "]";
}

bool IsContention(Value const& reasons) {
    bool any = false;
    for (Value const& reason : reasons.AsArray()) {
        std::string_view const code = TextOf(reason, "Code", "code");
        if (code == "None") continue;
        if (code != "TransactionConflict" && code != "ThrottlingError" &&
            code != "ProvisionedThroughputExceeded") {
            return false;
        }
        any = true;
    }
    return any;
}

/// " [TableWriteProvisionedThroughputExceeded at arn:...]"
std::string DescribeThrottling(Value const& reasons, Redaction const& redaction) {
    std::string text;
    std::size_t count = 0;
    for (Value const& reason : reasons.AsArray()) {
        std::string_view const name = TextOf(reason, "reason", "Reason");
        if (name.empty()) continue;
        if (++count > kMaxReasons) return text + ", ...]";
        text += text.empty() ? " [" : ", ";
        text += aws::Printable(redaction.Apply(name), 80);
        if (std::string_view const resource = TextOf(reason, "resource", "Resource");
            !resource.empty()) {
            text += " at " + aws::Printable(redaction.Apply(resource), 200);
        }
    }
    return text.empty() ? text : text + "]";
}

std::string RequestId(HttpResponse const& answer, Redaction const& redaction) {
    for (std::string_view const name : {"x-amzn-RequestId", "x-amz-request-id"}) {
        if (auto const* const id = answer.Header(name))
            return aws::Printable(redaction.Apply(*id), 100);
    }
    return {};
}

std::string Status(int status) {
    return "HTTP " + std::to_string(status);
}

}  // namespace

ErrorCode CodeOf(std::string_view service_code, std::string_view operation,
                 std::string_view message, int http_status) noexcept {
    if (service_code == "ResourceInUseException" && operation == "CreateTable") {
        return ErrorCode::kAlreadyExists;
    }
    if (service_code == "ValidationException" &&
        message.find("exceeded the maximum allowed size") != std::string_view::npos &&
        message.starts_with("Item size")) {
        return ErrorCode::kTooLarge;
    }
    auto const* const known =
        std::find_if(kKnownCodes.begin(), kKnownCodes.end(),
                     [&](KnownCode const& entry) { return entry.service_code == service_code; });
    if (known != kKnownCodes.end()) return known->code;
    if (aws::IsThrottlingCode(service_code)) return ErrorCode::kThrottled;
    return CodeOfStatus(http_status);
}

ErrorCode CodeOfCancellation(std::span<std::string_view const> reasons) noexcept {
    auto const has = [&](std::string_view reason) {
        return std::find(reasons.begin(), reasons.end(), reason) != reasons.end();
    };
    if (has("ConditionalCheckFailed")) return ErrorCode::kConditionFailed;
    return has("ValidationError") ? ErrorCode::kInvalidArgument : ErrorCode::kConflict;
}

std::string_view ShortErrorType(std::string_view type) noexcept {
    if (std::size_t const hash = type.find('#'); hash != std::string_view::npos) {
        type.remove_prefix(hash + 1);
    }
    return aws::Trim(type.substr(0, type.find(':')));
}

std::string Redaction::Apply(std::string_view text) const {
    return base::WithoutSecrets(text.substr(0, kMaxRedacted), std::array{secret, token});
}

ServiceError ReadServiceError(std::string_view operation, HttpResponse const& answer,
                              Redaction const& redaction) {
    ServiceError result;
    Error& error = result.error;
    error.http_status = answer.status;
    error.request_id = RequestId(answer, redaction);
    auto const body = Value::Parse(answer.body);
    bool const is_object = body && body->IsObject();

    std::string_view type;
    if (is_object) type = TextOf(*body, "__type", "code");
    if (type.empty()) {
        if (auto const* const header = answer.Header("x-amzn-ErrorType")) type = *header;
    }
    error.service_code = aws::Printable(redaction.Apply(ShortErrorType(type)), 100);
    std::string_view const message =
        is_object ? TextOf(*body, "message", "Message") : std::string_view();
    error.code = CodeOf(error.service_code, operation, message, answer.status);

    if (!is_object && error.service_code.empty()) {
        error.message = "the answer, " + Status(answer.status) +
                        ", is not DynamoDB's JSON: " + DescribeForeignBody(answer.body, redaction);
        return result;
    }
    if (!message.empty()) {
        error.message = OneLine(redaction.Apply(message));
    } else if (!error.service_code.empty()) {
        error.message = error.service_code;
    } else {
        error.message = "the answer, " + Status(answer.status) + ", names no error";
    }
    if (!is_object) return result;
    if (error.service_code == "ConditionalCheckFailedException" && (*body)["Item"].IsObject()) {
        if (auto item = ItemFromJson((*body)["Item"])) result.item = std::move(*item);
    } else if (error.service_code == "TransactionCanceledException") {
        Value const& reasons = (*body)["CancellationReasons"];
        error.message += DescribeReasons(reasons, redaction);
        result.is_contention = IsContention(reasons);
        std::vector<std::string_view> codes;
        for (Value const& reason : reasons.AsArray()) {
            codes.push_back(TextOf(reason, "Code", "code"));
        }
        error.code = CodeOfCancellation(codes);
    }
    Value const* const throttling = body->Find("ThrottlingReasons") != nullptr
                                        ? body->Find("ThrottlingReasons")
                                        : body->Find("throttlingReasons");
    if (throttling != nullptr) error.message += DescribeThrottling(*throttling, redaction);
    return result;
}

std::string DescribeForeignBody(std::string_view body, Redaction const& redaction) {
    std::string_view const content = aws::Trim(body);
    if (content.empty()) return "it is empty";
    std::string const start =
        "it starts with '" + aws::Printable(redaction.Apply(content), kMaxExcerpt) + "'";
    return content.front() == '<' ? "it looks like HTML or XML, " + start : start;
}

}  // namespace lddynamo::dynamodb
