#include "aws/sigv4.hpp"

#include "aws/canonical_request.hpp"
#include "aws/text.hpp"
#include "aws/timestamp.hpp"

#include <string.h>  // explicit_bzero

#include <algorithm>
#include <utility>

namespace lddynamo::aws {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

void RemoveHeader(HttpHeaders& headers, std::string_view name) {
    headers.erase(
        std::remove_if(headers.begin(), headers.end(),
                       [&](auto const& header) { return EqualsIgnoringCase(header.first, name); }),
        headers.end());
}

void SetHeader(HttpHeaders& headers, std::string_view name, std::string_view value) {
    RemoveHeader(headers, name);
    headers.emplace_back(name, value);
}

std::string ScopeText(std::string_view date, SigningScope const& scope) {
    std::string text(date);
    return text.append("/").append(scope.region).append("/").append(scope.service);
}

}  // namespace

RequestSigner::~RequestSigner() {
    for (KnownKey& known : known_) explicit_bzero(known.key.data(), known.key.size());
}

Digest RequestSigner::SigningKey(Secret const& secret, std::string_view date,
                                 SigningScope const& scope) {
    std::string text = ScopeText(date, scope);
    {
        std::scoped_lock const lock(mutex_);
        for (KnownKey const& known : known_) {
            if (known.scope == text && known.secret == secret) return known.key;
        }
    }
    std::string first("AWS4");
    first += secret.Reveal();
    Digest key = HmacSha256(first, date);
    explicit_bzero(first.data(), first.size());
    key = HmacSha256(AsText(key), scope.region);
    key = HmacSha256(AsText(key), scope.service);
    key = HmacSha256(AsText(key), "aws4_request");

    std::scoped_lock const lock(mutex_);
    KnownKey& entry = known_[next_];
    next_ = (next_ + 1) % known_.size();
    entry.secret = secret;
    entry.scope = std::move(text);
    entry.key = key;
    return key;
}

void RequestSigner::Sign(HttpRequest& request, SigningTarget const& target,
                         AwsCredentials const& credentials, SigningScope const& scope,
                         std::chrono::system_clock::time_point time) {
    std::string const timestamp = BasicTimestamp(time);
    std::string_view const date = std::string_view(timestamp).substr(0, 8);
    RemoveHeader(request.headers, "Authorization");
    SetHeader(request.headers, "Host", target.host_header);
    SetHeader(request.headers, "X-Amz-Date", timestamp);
    RemoveHeader(request.headers, "X-Amz-Security-Token");
    if (!credentials.session_token.Empty()) {
        request.headers.emplace_back("X-Amz-Security-Token", credentials.session_token.Reveal());
    }

    CanonicalHeaders const headers = CanonicalizeHeaders(request.headers);
    std::string const canonical =
        CanonicalRequest(request.method, target.target, headers, Hex(Sha256(request.body)));
    std::string const full_scope = ScopeText(date, scope) + "/aws4_request";

    std::string to_sign(kAlgorithm);
    to_sign.append("\n").append(timestamp).append("\n").append(full_scope).append("\n");
    to_sign += Hex(Sha256(canonical));
    Digest key = SigningKey(credentials.secret_access_key, date, scope);
    std::string const signature = Hex(HmacSha256(AsText(key), to_sign));
    explicit_bzero(key.data(), key.size());

    std::string authorization(kAlgorithm);
    authorization.append(" Credential=").append(credentials.access_key_id).append("/");
    authorization.append(full_scope).append(", SignedHeaders=").append(headers.names);
    authorization.append(", Signature=").append(signature);
    request.headers.emplace_back("Authorization", std::move(authorization));
}

}  // namespace lddynamo::aws
