#include "aws/instance_metadata_client.hpp"

#include "aws/region.hpp"
#include "aws/text.hpp"

#include <algorithm>
#include <string_view>

namespace lddynamo::aws {
namespace {

constexpr std::string_view kTokenPath = "/latest/api/token";
constexpr char kRegionPath[] = "/latest/meta-data/placement/region";

std::string StatusText(HttpResponse const& answer) {
    return "HTTP " + std::to_string(answer.status);
}

tl::unexpected<Error> Failed(std::string const& what) {
    return Fail(ErrorCode::kCredentials, "instance metadata: " + what);
}

}  // namespace

Result<InstanceMetadataClient::Token> InstanceMetadataClient::GetToken() const {
    auto const answer = Send([&] {
        HttpRequest request;
        request.method = "PUT";
        request.url = settings_.endpoint + std::string(kTokenPath);
        request.headers.emplace_back("x-aws-ec2-metadata-token-ttl-seconds", "21600");
        return request;
    });
    if (!answer) {
        // A token's answer that never comes may have been stopped by its hop limit.
        bool const is_late = answer.error().code == ErrorCode::kTimeout;
        if (is_late && !settings_.v1_disabled) return Token{};
        if (IsSilence(answer.error())) return Token{{}, false};
        return Failed(answer.error().message);
    }
    if (answer->status == 200) {
        std::string text(Trim(answer->body));
        bool const is_plain =
            std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
        if (!text.empty() && is_plain) return Token{std::move(text)};
        return Failed("the session token is empty or malformed");
    }
    if (answer->status == 403 || answer->status == 404 || answer->status == 405) {
        if (!settings_.v1_disabled) return Token{};
        return Failed("it gives no session token (" + StatusText(*answer) +
                      "), and version 1 is disabled by AWS_EC2_METADATA_V1_DISABLED");
    }
    return Failed("asked for a session token: " + StatusText(*answer));
}

Result<HttpResponse> InstanceMetadataClient::Get(Token const& token,
                                                 std::string const& path) const {
    return Send([&] {
        HttpRequest request;
        request.url = settings_.endpoint + path;
        if (!token.text.empty()) {
            request.headers.emplace_back("x-aws-ec2-metadata-token", token.text);
        }
        return request;
    });
}

Result<HttpResponse> InstanceMetadataClient::Send(std::function<HttpRequest()> const& make) const {
    ExchangePolicy policy;
    policy.attempts = settings_.attempts;
    policy.is_transient = [](HttpResponse const& answer) { return answer.status >= 500; };
    return Exchange(
        context_,
        [&] {
            HttpRequest request = make();
            request.timeout = settings_.timeout;
            request.bypass_proxy = true;
            return request;
        },
        policy);
}

std::string InstanceMetadataClient::Silence() const {
    auto const time = settings_.timeout.count();
    return "no answer from " + settings_.endpoint + " within " +
           (time % 1000 == 0 ? std::to_string(time / 1000) + " s" : std::to_string(time) + " ms");
}

Result<std::string> FetchInstanceRegion(CredentialsContext const& context) {
    auto const fail = [](std::string what) {
        return Fail(ErrorCode::kInvalidArgument, "instance metadata: " + std::move(what));
    };
    auto const settings = ResolveInstanceMetadata(context.environment, *context.files);
    if (!settings) return Fail(ErrorCode::kInvalidArgument, settings.error().message);
    if (settings->disabled) return fail("AWS_EC2_METADATA_DISABLED is true");
    InstanceMetadataClient const client(context, *settings);
    auto const token = client.GetToken();
    if (!token) return Fail(ErrorCode::kInvalidArgument, token.error().message);
    if (!token->reachable) return fail(client.Silence());
    auto const answer = client.Get(*token, kRegionPath);
    if (!answer) {
        bool const is_silent = InstanceMetadataClient::IsSilence(answer.error());
        return fail(is_silent ? client.Silence() : answer.error().message);
    }
    if (answer->status != 200) return fail("asked for the region: " + StatusText(*answer));
    std::string region(Trim(answer->body));
    // Not repeated: who answers everything alike may have answered with keys.
    if (!CheckRegion(region, "instance metadata")) {
        return fail("asked for the region: the answer is not a name such as eu-west-1");
    }
    return region;
}

}  // namespace lddynamo::aws
