#include "aws/sts_client.hpp"

#include "aws/credentials_check.hpp"
#include "aws/retry.hpp"
#include "aws/service_endpoint.hpp"
#include "aws/sigv4.hpp"
#include "aws/text.hpp"
#include "aws/timestamp.hpp"
#include "aws/xml_reader.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::aws {
namespace {

class Form {
  public:
    explicit Form(std::string_view action) {
        Add("Action", action);
        Add("Version", "2011-06-15");
    }
    void Add(std::string_view name, std::string_view value) {
        if (value.empty()) return;
        if (!text_.empty()) text_ += '&';
        text_.append(name).append("=").append(EncodeUri(value));
    }
    [[nodiscard]] std::string const& Text() const { return text_; }

  private:
    std::string text_;
};

Form RoleForm(std::string_view action, CredentialsContext const& context, AssumedRole const& role) {
    Form form(action);
    form.Add("RoleArn", role.role_arn);
    auto const now =
        std::chrono::duration_cast<std::chrono::seconds>(context.clock.Now().time_since_epoch());
    form.Add("RoleSessionName", role.session_name.empty()
                                    ? "lddynamo-" + std::to_string(now.count())
                                    : role.session_name);
    if (role.duration_seconds) form.Add("DurationSeconds", std::to_string(*role.duration_seconds));
    return form;
}

/// The code of an error answer; empty when it has none.
std::string ErrorCodeOf(HttpResponse const& answer) {
    auto const xml = ParseXml(answer.body);
    return xml ? std::string(xml->TextAt({"Error", "Code"})) : std::string();
}

bool IsTransient(HttpResponse const& answer) {
    if (answer.status / 100 == 2) return false;
    std::string const code = ErrorCodeOf(answer);
    return code == "IDPCommunicationError" ||
           ClassifyAnswer(answer.status, code, RetryMode::kStandard) != RetryClass::kNever;
}

/// "arn:aws:sts::123456789012:assumed-role/..." has the account as its fifth part.
std::string AccountOf(std::string_view arn) {
    for (int i = 0; i < 4; ++i) {
        auto const colon = arn.find(':');
        if (colon == std::string_view::npos) return {};
        arn.remove_prefix(colon + 1);
    }
    return std::string(arn.substr(0, arn.find(':')));
}

/// What was sent and must not come back in a message.
using Hidden = std::vector<std::string_view>;

class Call {
  public:
    Call(std::string_view action, AssumedRole const& role)
        : what_("STS " + std::string(action) + " of role " + Printable(role.role_arn, 300)),
          action_(action) {}

    [[nodiscard]] tl::unexpected<Error> Failed(std::string const& why) const {
        return Fail(ErrorCode::kCredentials, what_ + ": " + why);
    }

    Result<AwsCredentials> Read(Result<HttpResponse> const& answer, Hidden const& hidden) const {
        if (!answer) return Failed(answer.error().message);
        auto const xml = ParseXml(answer->body);
        if (answer->status / 100 != 2) return Refused(*answer, xml, hidden);
        if (!xml) return Failed("the answer is " + xml.error().message);
        std::string const result = action_ + "Result";
        auto const field = [&](std::string_view name) {
            return xml->TextAt({result, "Credentials", name});
        };
        AwsCredentials credentials;
        credentials.access_key_id = field("AccessKeyId");
        credentials.secret_access_key = Secret(field("SecretAccessKey"));
        credentials.session_token = Secret(field("SessionToken"));
        credentials.expiration = ParseIsoTime(field("Expiration"));
        credentials.account_id = AccountOf(xml->TextAt({result, "AssumedRoleUser", "Arn"}));
        if (credentials.access_key_id.empty() || credentials.secret_access_key.Empty() ||
            credentials.session_token.Empty() || !credentials.expiration) {
            return Failed("the answer lacks a key, the token or the expiration");
        }
        if (auto status = CheckCredentials(credentials, what_); !status) {
            return Fail(std::move(status.error()));
        }
        return credentials;
    }

  private:
    [[nodiscard]] tl::unexpected<Error> Refused(HttpResponse const& answer,
                                                Result<XmlElement> const& xml,
                                                Hidden const& hidden) const {
        Error error;
        error.code = ErrorCode::kCredentials;
        error.http_status = answer.status;
        std::string text;
        if (xml) {
            // STS itself repeats the token where a signature is wrong (the canonical request).
            auto const field = [&](std::initializer_list<std::string_view> path, std::size_t max) {
                std::string_view const found = xml->TextAt(path);
                bool const tells = std::any_of(
                    hidden.begin(), hidden.end(),
                    [&](std::string_view secret) { return ShowsPartOf(secret, found); });
                return tells ? std::string() : Printable(found, max);
            };
            error.service_code = field({"Error", "Code"}, 100);
            error.request_id = field({"RequestId"}, 100);
            text = field({"Error", "Message"}, 500);
        }
        error.message = what_ + ": HTTP " + std::to_string(answer.status);
        if (!error.service_code.empty()) error.message += ", " + error.service_code;
        if (!text.empty()) error.message += ": " + text;
        return Fail(std::move(error));
    }

    std::string what_;
    std::string action_;
};

HttpRequest Post(Endpoint const& endpoint, Form const& form) {
    HttpRequest request;
    request.method = "POST";
    request.url = endpoint.text;
    request.body = form.Text();
    request.headers.emplace_back("Content-Type",
                                 "application/x-www-form-urlencoded; charset=utf-8");
    request.headers.emplace_back("Host", endpoint.url.host_header);
    return request;
}

ExchangePolicy Policy() {
    ExchangePolicy policy;
    policy.is_transient = IsTransient;
    return policy;
}

}  // namespace

Result<AwsCredentials> AssumeRole(CredentialsContext const& context, AssumedRole const& role,
                                  AwsCredentials const& signer) {
    Call const call("AssumeRole", role);
    auto const region = CredentialsRegion(context);
    if (!region) return call.Failed(region.error().message);
    auto const endpoint =
        ResolveServiceEndpoint(Service::kSts, *region, {}, context.environment, *context.files);
    if (!endpoint) return call.Failed(endpoint.error().message);
    Form form = RoleForm("AssumeRole", context, role);
    form.Add("ExternalId", role.external_id);
    RequestSigner sign;
    auto const make = [&] {
        HttpRequest request = Post(*endpoint, form);
        sign.Sign(request, {endpoint->url.host_header, endpoint->url.target}, signer,
                  {endpoint->signing_region, "sts"}, context.clock.Now());
        return request;
    };
    return call.Read(Exchange(context, make, Policy()),
                     {signer.secret_access_key.Reveal(), signer.session_token.Reveal()});
}

Result<AwsCredentials> AssumeRoleWithWebIdentity(CredentialsContext const& context,
                                                 AssumedRole const& role, Secret const& token) {
    Call const call("AssumeRoleWithWebIdentity", role);
    auto const region = CredentialsRegion(context);
    if (!region) return call.Failed(region.error().message);
    auto const endpoint =
        ResolveServiceEndpoint(Service::kSts, *region, {}, context.environment, *context.files);
    if (!endpoint) return call.Failed(endpoint.error().message);
    Form form = RoleForm("AssumeRoleWithWebIdentity", context, role);
    form.Add("WebIdentityToken", token.Reveal());
    auto const make = [&] { return Post(*endpoint, form); };
    return call.Read(Exchange(context, make, Policy()), {token.Reveal()});
}

}  // namespace lddynamo::aws
