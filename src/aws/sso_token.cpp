#include "aws/sso_token.hpp"

#include <lddynamo/value.hpp>

#include "aws/region.hpp"
#include "aws/service_endpoint.hpp"
#include "aws/sha1.hpp"
#include "aws/text.hpp"
#include "aws/timestamp.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace lddynamo::aws {
namespace {

using TimePoint = std::chrono::system_clock::time_point;

constexpr std::size_t kMaxFileBytes = 256U << 10U;
constexpr std::chrono::minutes kRefreshBefore{15};
constexpr std::chrono::hours kLongestToken{24 * 365};

/// "2015-08-30T12:36:00Z" or, from older programs, "...UTC".
std::optional<TimePoint> ReadTime(std::string_view text) {
    if (text.ends_with("UTC"))
        return ParseIsoTime(std::string(text.substr(0, text.size() - 3)) + 'Z');
    return ParseIsoTime(text);
}

std::string IsoTime(TimePoint time) {
    std::string const basic = BasicTimestamp(time);  // 20150830T123600Z
    return basic.substr(0, 4) + '-' + basic.substr(4, 2) + '-' + basic.substr(6, 5) + ':' +
           basic.substr(11, 2) + ':' + basic.substr(13);
}

class Cache {
  public:
    explicit Cache(Value json) : json_(std::move(json)) {}
    [[nodiscard]] std::string_view Get(std::string_view name) const {
        return json_[name].AsString();
    }
    /// The same with some members changed.
    [[nodiscard]] Value With(std::vector<Value::Member> changes) const {
        std::vector<Value::Member> members = json_.AsObject();
        for (Value::Member& change : changes) members.push_back(std::move(change));
        return Value::Object(std::move(members));  // later members win
    }
    [[nodiscard]] bool CanRefresh(TimePoint now) const {
        auto const registered = ReadTime(Get("registrationExpiresAt"));
        return !Get("refreshToken").empty() && !Get("clientId").empty() &&
               !Get("clientSecret").empty() && (!registered || *registered > now);
    }

  private:
    Value json_;
};

tl::unexpected<Error> NeedsLogin(ProfileSso const& sso, std::string const& what) {
    return Fail(ErrorCode::kAccessDenied, "SSO: " + what + "; " + SsoLoginHint(sso));
}

Result<Secret> Refresh(CredentialsContext const& context, ProfileSso const& sso, Cache const& cache,
                       std::string const& path) {
    auto const endpoint = ResolveServiceEndpoint(Service::kSsoOidc, sso.region, {},
                                                 context.environment, *context.files);
    if (!endpoint) return Fail(endpoint.error());
    Value const body = Value::Object({{"grantType", "refresh_token"},
                                      {"clientId", cache.Get("clientId")},
                                      {"clientSecret", cache.Get("clientSecret")},
                                      {"refreshToken", cache.Get("refreshToken")}});
    ExchangePolicy policy;
    policy.is_transient = [](HttpResponse const& answer) { return answer.status >= 500; };
    auto const answer = Exchange(
        context,
        [&] {
            HttpRequest request;
            request.method = "POST";
            request.url = endpoint->text + "token";
            request.headers.emplace_back("Content-Type", "application/json");
            request.body = body.ToJson();
            return request;
        },
        policy);
    if (!answer) return Fail(answer.error());
    auto const json = Value::Parse(answer->body);
    if (answer->status != 200) {
        std::string_view error = json ? (*json)["error"].AsString() : "";
        for (char const* const name : {"clientSecret", "refreshToken"}) {
            if (ShowsPartOf(cache.Get(name), error)) error = "";
        }
        return Fail(ErrorCode::kCredentials,
                    "HTTP " + std::to_string(answer->status) + " " + Printable(error, 100));
    }
    if (!json || (*json)["accessToken"].AsString().empty() || !(*json)["expiresIn"].IsNumber()) {
        return Fail(ErrorCode::kCredentials, "the answer has no accessToken or expiresIn");
    }
    std::chrono::seconds const life(std::clamp<std::int64_t>(
        (*json)["expiresIn"].AsInt64(), 0, std::chrono::seconds(kLongestToken).count()));
    std::vector<Value::Member> changes{{"accessToken", (*json)["accessToken"]},
                                       {"expiresAt", IsoTime(context.clock.Now() + life)}};
    if (!(*json)["refreshToken"].AsString().empty()) {
        changes.push_back({"refreshToken", (*json)["refreshToken"]});
    }
    if (auto status = context.write_file(path, cache.With(std::move(changes)).ToJson()); !status) {
        context.logger.Warn("SSO: the new token is used, but cannot be kept: " +
                            status.error().message);
    }
    return Secret((*json)["accessToken"].AsString());
}

}  // namespace

std::string SsoTokenPath(Environment const& environment, ProfileSso const& sso) {
    auto path = environment.GetNonEmpty("HOME").value_or("");
    if (path.empty()) return {};
    if (!path.ends_with('/')) path += '/';
    return path + ".aws/sso/cache/" + Sha1Hex(sso.session.empty() ? sso.start_url : sso.session) +
           ".json";
}

std::string SsoLoginHint(ProfileSso const& sso) {
    return sso.session.empty()
               ? std::string("run `aws sso login` with this profile")
               : "run `aws sso login --sso-session " + Printable(sso.session, 100) + "`";
}

Result<Secret> FetchSsoToken(CredentialsContext const& context, ProfileSso const& sso) {
    if (auto status = CheckRegion(sso.region, "sso_region"); !status) {
        return Fail(ErrorCode::kCredentials, status.error().message);
    }
    std::string const path = SsoTokenPath(context.environment, sso);
    if (path.empty()) return Fail(ErrorCode::kCredentials, "SSO: HOME is not set");
    auto const text = context.environment.ReadFile(path, kMaxFileBytes);
    if (!text) return NeedsLogin(sso, "there is no token (" + text.error().message + ")");
    auto json = Value::Parse(*text);
    Cache const cache(json ? std::move(*json) : Value());
    auto const ends = ReadTime(cache.Get("expiresAt"));
    Secret const token(cache.Get("accessToken"));
    if (token.Empty() || !ends) {
        return NeedsLogin(sso, path + " has no accessToken or expiresAt");
    }
    auto const now = context.clock.Now();
    bool const is_over = *ends <= now;
    if (!sso.session.empty() && *ends - now < kRefreshBefore && cache.CanRefresh(now)) {
        auto fresh = Refresh(context, sso, cache, path);
        if (fresh) return fresh;
        if (is_over) {
            return NeedsLogin(sso, "the token has expired and cannot be refreshed (" +
                                       fresh.error().message + ")");
        }
        context.logger.Warn("SSO: the token cannot be refreshed: " + fresh.error().message);
    }
    if (is_over) return NeedsLogin(sso, "the token has expired");
    return token;
}

}  // namespace lddynamo::aws
