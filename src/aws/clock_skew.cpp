#include "aws/clock_skew.hpp"

#include "aws/timestamp.hpp"
#include "http/http_message.hpp"

#include <algorithm>
#include <array>

namespace lddynamo::aws {
namespace {

constexpr std::chrono::minutes kMaxExchange{15};
constexpr std::chrono::minutes kTolerated{4};
constexpr std::array<std::string_view, 5> kSkewCodes{
    "RequestTimeTooSkewed", "InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure",
    "AccessDeniedException"};

}  // namespace

std::optional<SkewDuration> MeasureSkew(HttpHeaders const& headers,
                                        std::chrono::system_clock::time_point sent,
                                        std::chrono::system_clock::time_point received) {
    std::string const* const date = http::FindHeader(headers, "Date");
    if (date == nullptr || http::FindHeader(headers, "Age") != nullptr) return std::nullopt;
    if (received < sent || received - sent > kMaxExchange) return std::nullopt;
    auto const time = ParseHttpDate(*date);
    if (!time) return std::nullopt;
    return *time - (sent + (received - sent) / 2);
}

bool IsSkewError(std::string_view service_code, SkewDuration signed_with,
                 SkewDuration measured) noexcept {
    if (std::find(kSkewCodes.begin(), kSkewCodes.end(), service_code) == kSkewCodes.end()) {
        return false;
    }
    SkewDuration const off = measured - signed_with;
    return off > kTolerated || off < -kTolerated;
}

}  // namespace lddynamo::aws
