#include "dynamodb/local/signature_check.hpp"

#include "aws/canonical_request.hpp"
#include "aws/sha256.hpp"
#include "aws/text.hpp"
#include "aws/timestamp.hpp"

#include <string.h>  // explicit_bzero

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::dynamodb::local {
namespace {

using memory::ServiceError;
using Time = std::chrono::system_clock::time_point;

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kService = "dynamodb";
constexpr std::string_view kTerminator = "aws4_request";
constexpr auto kWindow = std::chrono::minutes(15);

ServiceError Error(std::string_view code, std::string message) {
    ServiceError error;
    error.code = code;
    error.message = std::move(message);
    return error;
}
ServiceError Incomplete(std::string message) {
    return Error("IncompleteSignatureException", std::move(message));
}
ServiceError InvalidSignature(std::string message) {
    return Error("InvalidSignatureException", std::move(message));
}
ServiceError Unrecognized() {
    return Error("UnrecognizedClientException",
                 "The security token included in the request is invalid.");
}

std::string Quoted(std::string_view text) {
    return "'" + std::string(text) + "'";
}

/// What an Authorization header says.
struct Authorization {
    std::string_view algorithm{};
    std::map<std::string_view, std::string_view> parameters{};
    [[nodiscard]] std::string_view Get(std::string_view name) const {
        auto const it = parameters.find(name);
        return it == parameters.end() ? std::string_view() : it->second;
    }
};

Authorization ReadAuthorization(std::string_view header) {
    Authorization result;
    header = aws::Trim(header);
    std::size_t const space = std::min(header.find(' '), header.size());
    result.algorithm = header.substr(0, space);
    header.remove_prefix(space);
    while (!header.empty()) {
        std::size_t const end = std::min(header.find_first_of(", "), header.size());
        std::string_view const part = header.substr(0, end);
        header.remove_prefix(std::min(end + 1, header.size()));
        std::size_t const equals = part.find('=');
        if (equals != std::string_view::npos) {
            result.parameters.insert_or_assign(part.substr(0, equals), part.substr(equals + 1));
        }
    }
    return result;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        std::size_t const end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

/// Reads "20150830T123600Z".
std::optional<Time> ReadBasicTime(std::string_view text) {
    if (text.size() != 16) return std::nullopt;
    auto const part = [&](std::size_t at, std::size_t size) {
        return std::string(text.substr(at, size));
    };
    return text[8] != 'T' || text[15] != 'Z'
               ? std::nullopt
               : aws::ParseIsoTime(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + "T" +
                                   part(9, 2) + ":" + part(11, 2) + ":" + part(13, 2) + "Z");
}

/// The headers that were signed, as they arrived. All of them count, those too that our own signer
/// leaves out.
aws::CanonicalHeaders SignedHeaders(HttpHeaders const& headers, std::string_view names) {
    aws::CanonicalHeaders canonical;
    canonical.names = aws::ToLower(names);
    for (std::string_view const name : Split(canonical.names, ';')) {
        HttpHeaders values;
        for (auto const& [header, value] : headers) {
            if (aws::EqualsIgnoringCase(header, name)) values.emplace_back("x", value);
        }
        std::string line = values.empty() ? "x:\n" : aws::CanonicalizeHeaders(values).lines;
        canonical.lines.append(name).append(line, 1, std::string::npos);
    }
    return canonical;
}

/// 64 hexadecimal digits.
std::string Sign(Secret const& secret, std::string_view date, std::string_view region,
                 std::string_view text) {
    std::string first("AWS4");
    first += secret.Reveal();
    aws::Digest key = aws::HmacSha256(first, date);
    explicit_bzero(first.data(), first.size());
    for (std::string_view const part : {region, kService, kTerminator}) {
        key = aws::HmacSha256(aws::AsText(key), part);
    }
    std::string signature = aws::Hex(aws::HmacSha256(aws::AsText(key), text));
    explicit_bzero(key.data(), key.size());
    return signature;
}

std::optional<ServiceError> CheckParameters(Authorization const& authorization,
                                            std::string_view header, bool has_date) {
    std::string problem;
    for (std::string_view const name : {"Credential", "Signature", "SignedHeaders"}) {
        if (authorization.Get(name).empty()) {
            problem += "Authorization header requires " + Quoted(name) + " parameter. ";
        }
    }
    if (!has_date) {
        problem +=
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
    }
    if (problem.empty()) return std::nullopt;
    return Incomplete(problem + "Authorization=" + std::string(header));
}

std::optional<ServiceError> CheckTime(Time signed_at, Time now) {
    using aws::BasicTimestamp;
    if (signed_at < now - kWindow) {
        return InvalidSignature("Signature expired: " + BasicTimestamp(signed_at) +
                                " is now earlier than " + BasicTimestamp(now - kWindow) + " (" +
                                BasicTimestamp(now) + " - 15 min.)");
    }
    if (signed_at > now + kWindow) {
        return InvalidSignature("Signature not yet current: " + BasicTimestamp(signed_at) +
                                " is still later than " + BasicTimestamp(now + kWindow) + " (" +
                                BasicTimestamp(now) + " + 15 min.)");
    }
    return std::nullopt;
}

std::optional<ServiceError> CheckScope(std::vector<std::string_view> const& credential,
                                       std::string_view region, std::string_view timestamp) {
    std::string problem;
    if (!region.empty() && credential[2] != region) {
        problem +=
            "Credential should be scoped to a valid region, not " + Quoted(credential[2]) + ". ";
    }
    if (credential[3] != kService) {
        problem += "Credential should be scoped to correct service: 'dynamodb'. ";
    }
    if (credential[4] != kTerminator) {
        problem += "Credential should be scoped with a valid terminator: 'aws4_request', not " +
                   Quoted(credential[4]) + ". ";
    }
    if (credential[1] != timestamp.substr(0, 8)) {
        problem +=
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            "HTTP: " +
            Quoted(credential[1]) + " != " + Quoted(timestamp.substr(0, 8)) + ", from " +
            Quoted(timestamp) + ".";
    }
    if (problem.empty()) return std::nullopt;
    return InvalidSignature(std::move(problem));
}

}  // namespace

SignatureCheck::SignatureCheck(AwsCredentials credentials, std::string region)
    : credentials_(std::move(credentials)), region_(std::move(region)) {
}

std::optional<ServiceError> SignatureCheck::Refusal(http::ServerRequest const& request,
                                                    Time now) const {
    std::string const* const header = request.Header("Authorization");
    if (header == nullptr || !aws::Trim(*header).starts_with("AWS4-")) {
        return Error("MissingAuthenticationTokenException",
                     "Request is missing Authentication Token");
    }
    Authorization const authorization = ReadAuthorization(*header);
    std::string const* const amz_date = request.Header("X-Amz-Date");
    std::string const* const date = amz_date != nullptr ? amz_date : request.Header("Date");
    if (auto problem = CheckParameters(authorization, *header, date != nullptr)) return problem;
    auto signed_at = ReadBasicTime(*date);
    if (!signed_at && amz_date == nullptr) signed_at = aws::ParseHttpDate(*date);
    if (!signed_at) {
        return Incomplete("Date must be in ISO-8601 'basic format'. Got " + Quoted(*date) +
                          ". See http://en.wikipedia.org/wiki/ISO_8601");
    }
    if (auto problem = CheckTime(*signed_at, now)) return problem;
    std::string const names = aws::ToLower(authorization.Get("SignedHeaders"));
    auto const list = Split(names, ';');
    if (std::find(list.begin(), list.end(), "host") == list.end()) {
        return InvalidSignature("'Host' must be a 'SignedHeader' in the AWS Authorization.");
    }
    if (authorization.algorithm != kAlgorithm) {
        return Incomplete("Unsupported AWS 'algorithm': " + Quoted(authorization.algorithm) +
                          " (only AWS4-HMAC-SHA256 for now). ");
    }
    std::string_view const credential = authorization.Get("Credential");
    auto const parts = Split(credential, '/');
    if (parts.size() != 5) {
        return Incomplete(
            "Credential must have exactly 5 slash-delimited elements, e.g. "
            "keyid/date/region/service/term, got " +
            Quoted(credential));
    }
    std::string const timestamp = aws::BasicTimestamp(*signed_at);
    if (auto problem = CheckScope(parts, region_, timestamp)) return problem;
    if (parts[0] != credentials_.access_key_id) return Unrecognized();

    std::string const canonical =
        aws::CanonicalRequest(request.method, request.target, SignedHeaders(request.headers, names),
                              aws::Hex(aws::Sha256(request.body)));
    std::string to_sign(kAlgorithm);
    to_sign.append("\n").append(timestamp).append("\n");
    to_sign.append(credential.substr(parts[0].size() + 1)).append("\n");
    to_sign += aws::Hex(aws::Sha256(canonical));
    Secret const expected(Sign(credentials_.secret_access_key, parts[1], parts[2], to_sign));
    if (!(Secret(authorization.Get("Signature")) == expected)) {  // in constant time
        return InvalidSignature(
            "The request signature we calculated does not match the signature you provided. Check "
            "your AWS Secret Access Key and signing method. Consult the service documentation for "
            "details.\n\nThe Canonical String for this request should have been\n" +
            Quoted(canonical) + "\n\nThe String-to-Sign should have been\n" + Quoted(to_sign) +
            "\n");
    }
    std::string const* const token = request.Header("X-Amz-Security-Token");
    if (!(Secret(token != nullptr ? *token : std::string()) == credentials_.session_token)) {
        return Unrecognized();
    }
    return std::nullopt;
}

}  // namespace lddynamo::dynamodb::local
