#include "aws/container_credentials.hpp"

#include "aws/credentials_document.hpp"
#include "aws/text.hpp"
#include "http/url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

namespace lddynamo::aws {
namespace {

constexpr std::string_view kEcsHost = "http://169.254.170.2";
constexpr std::size_t kMaxTokenBytes = 64U << 10U;
constexpr std::chrono::milliseconds kTimeout{2000};
constexpr std::chrono::milliseconds kPause{1000};
constexpr int kAttempts = 3;

tl::unexpected<Error> Failed(std::string what) {
    return Fail(ErrorCode::kCredentials, "container credentials: " + std::move(what));
}

/// Whether plain http may go to this host.
bool IsAllowedHost(std::string const& host) {
    if (EqualsIgnoringCase(host, "localhost")) return true;
    in_addr v4{};
    if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) {
        return host.starts_with("127.") || host == "169.254.170.2" || host == "169.254.170.23";
    }
    in6_addr v6{};
    if (::inet_pton(AF_INET6, host.c_str(), &v6) != 1) return false;
    static constexpr std::array<std::string_view, 2> kAllowed{"::1", "fd00:ec2::23"};
    return std::any_of(kAllowed.begin(), kAllowed.end(), [&](std::string_view text) {
        in6_addr allowed{};
        return ::inet_pton(AF_INET6, std::string(text).c_str(), &allowed) == 1 &&
               std::equal(std::begin(v6.s6_addr), std::end(v6.s6_addr),
                          std::begin(allowed.s6_addr));
    });
}

/// The Authorization header's value; empty when none is wanted.
Result<Secret> AuthorizationToken(Environment const& environment) {
    std::string_view where = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
    std::string text;
    if (auto const file = environment.GetNonEmpty("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
        where = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
        auto content = environment.ReadFile(*file, kMaxTokenBytes);
        if (!content) {
            return Failed("the file that " + std::string(where) +
                          " names cannot be read: " + content.error().message);
        }
        text = std::move(*content);
        if (text.empty()) return Failed("the file that " + std::string(where) + " names is empty");
    } else {
        text = environment.Get(where).value_or("");
    }
    // Anything else could add headers to the request.
    if (text.find_first_of("\r\n") != std::string::npos || text.find('\0') != std::string::npos) {
        return Failed("the token of " + std::string(where) + " holds a line break");
    }
    return Secret(text);
}

class ContainerCredentials final : public CredentialsProvider {
  public:
    explicit ContainerCredentials(SharedContext context) : context_(std::move(context)) {}

    Result<CredentialsAnswer> GetCredentials() override {
        auto const url = ContainerUrl(context_->environment);
        if (!url) return Fail(url.error());
        if (!*url) {
            return CredentialsAnswer::None(
                "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
                "AWS_CONTAINER_CREDENTIALS_FULL_URI is set");
        }
        auto const token = AuthorizationToken(context_->environment);
        if (!token) return Fail(token.error());
        ExchangePolicy policy;
        policy.attempts = kAttempts;
        policy.pause = kPause;
        policy.is_transient = [](HttpResponse const& answer) {
            return answer.status >= 500 || answer.status == 429;
        };
        auto const answer = Exchange(
            *context_,
            [&] {
                HttpRequest request;
                request.url = **url;
                request.timeout = kTimeout;
                request.bypass_proxy = true;
                request.headers.emplace_back("Accept", "application/json");
                if (!token->Empty()) {
                    request.headers.emplace_back("Authorization", token->Reveal());
                }
                return request;
            },
            policy);
        if (!answer) return Failed(answer.error().message);
        if (answer->status != 200) {
            std::string const text = ErrorInDocument(answer->body, token->Reveal());
            return Failed("HTTP " + std::to_string(answer->status) +
                          (text.empty() ? "" : ", " + text));
        }
        auto credentials = ReadCredentialsDocument(answer->body, "Token", "container");
        if (!credentials) return Fail(std::move(credentials.error()));
        credentials->source = Name();
        return std::move(*credentials);
    }
    [[nodiscard]] std::string Name() const override { return "container"; }

  private:
    SharedContext const context_;
};

}  // namespace

Result<std::optional<std::string>> ContainerUrl(Environment const& environment) {
    if (auto const path = environment.GetNonEmpty("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
        std::string url = std::string(kEcsHost) + *path;
        if (!path->starts_with('/') || !http::ParseUrl(url)) {
            return Failed(
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not a path that begins with '/'");
        }
        return url;
    }
    auto url = environment.GetNonEmpty("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (!url) return std::nullopt;
    auto const parsed = http::ParseUrl(*url);
    if (!parsed) return Failed("AWS_CONTAINER_CREDENTIALS_FULL_URI: " + parsed.error().message);
    if (!parsed->https && !IsAllowedHost(parsed->host)) {
        return Failed(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI: plain http is allowed to localhost, "
            "loopback addresses, 169.254.170.2, 169.254.170.23 and fd00:ec2::23 only, "
            "not to " +
            Printable(parsed->host, 100));
    }
    return url;
}

std::shared_ptr<CredentialsProvider> MakeContainerCredentials(SharedContext context) {
    return std::make_shared<ContainerCredentials>(std::move(context));
}

}  // namespace lddynamo::aws
