#include "aws/sso_credentials.hpp"

#include <lddynamo/value.hpp>

#include "aws/credentials_document.hpp"
#include "aws/service_endpoint.hpp"
#include "aws/sso_token.hpp"
#include "aws/text.hpp"

namespace lddynamo::aws {
namespace {

tl::unexpected<Error> Failed(std::string const& what) {
    return Fail(ErrorCode::kCredentials, "SSO: " + what);
}

}  // namespace

Result<AwsCredentials> FetchFromSso(CredentialsContext const& context, ProfileSso const& sso) {
    if (sso.account_id.empty()) return Failed("sso_account_id and sso_role_name are missing");
    auto const token = FetchSsoToken(context, sso);
    if (!token) return Fail(token.error());
    auto const endpoint =
        ResolveServiceEndpoint(Service::kSso, sso.region, {}, context.environment, *context.files);
    if (!endpoint) return Failed(endpoint.error().message);
    ExchangePolicy policy;
    policy.is_transient = [](HttpResponse const& answer) {
        return answer.status >= 500 || answer.status == 429;
    };
    auto const answer = Exchange(
        context,
        [&] {
            HttpRequest request;
            request.url = endpoint->text +
                          "federation/credentials?role_name=" + EncodeUri(sso.role_name) +
                          "&account_id=" + EncodeUri(sso.account_id);
            request.headers.emplace_back("x-amz-sso_bearer_token", token->Reveal());
            return request;
        },
        policy);
    if (!answer) return Failed(answer.error().message);
    if (answer->status != 200) {
        std::string const text = ErrorInDocument(answer->body, token->Reveal());
        std::string what = "HTTP " + std::to_string(answer->status);
        if (!text.empty()) what += ", " + text;
        if (answer->status != 401) return Failed(what);
        return Fail(ErrorCode::kAccessDenied,
                    "SSO: the token is refused (" + what + "); " + SsoLoginHint(sso));
    }
    auto const json = Value::Parse(answer->body);
    Value const role = json ? (*json)["roleCredentials"] : Value();
    AwsCredentials credentials;
    credentials.access_key_id = role["accessKeyId"].AsString();
    credentials.secret_access_key = Secret(role["secretAccessKey"].AsString());
    credentials.session_token = Secret(role["sessionToken"].AsString());
    credentials.account_id = sso.account_id;
    // Milliseconds; the limits are those of ParseIsoTime.
    std::int64_t const ends = role["expiration"].AsInt64();
    if (credentials.session_token.Empty() || ends <= 0 || ends > 7258118400000) {
        return Failed("the answer lacks sessionToken or expiration");
    }
    credentials.expiration = std::chrono::system_clock::time_point(std::chrono::milliseconds(ends));
    return credentials;
}

}  // namespace lddynamo::aws
