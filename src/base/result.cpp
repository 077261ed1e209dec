#include <lddynamo/result.hpp>

namespace lddynamo {

std::string_view ToString(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::kInvalidArgument:
            return "invalid-argument";
        case ErrorCode::kInvalidData:
            return "invalid-data";
        case ErrorCode::kTooLarge:
            return "too-large";
        case ErrorCode::kNotFound:
            return "not-found";
        case ErrorCode::kAlreadyExists:
            return "already-exists";
        case ErrorCode::kConditionFailed:
            return "condition-failed";
        case ErrorCode::kConflict:
            return "conflict";
        case ErrorCode::kThrottled:
            return "throttled";
        case ErrorCode::kUnavailable:
            return "unavailable";
        case ErrorCode::kConnection:
            return "connection";
        case ErrorCode::kTimeout:
            return "timeout";
        case ErrorCode::kCancelled:
            return "cancelled";
        case ErrorCode::kTls:
            return "tls";
        case ErrorCode::kCredentials:
            return "credentials";
        case ErrorCode::kAccessDenied:
            return "access-denied";
        case ErrorCode::kIncomplete:
            return "incomplete";
        case ErrorCode::kService:
            return "service";
        case ErrorCode::kIo:
            return "io";
        case ErrorCode::kInternal:
            return "internal";
    }
    return "internal";
}

std::string Error::Describe() const {
    std::string text(ToString(code));
    text += ": ";
    text += message;
    std::string extra = service_code;
    if (http_status != 0) {
        if (!extra.empty()) extra += ", ";
        extra += "HTTP " + std::to_string(http_status);
    }
    if (!request_id.empty()) {
        if (!extra.empty()) extra += ", ";
        extra += "request " + request_id;
    }
    if (!extra.empty()) text += " (" + extra + ")";
    return text;
}

}  // namespace lddynamo
