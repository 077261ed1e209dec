#include "aws/instance_credentials.hpp"

#include "aws/credentials_document.hpp"
#include "aws/instance_metadata.hpp"
#include "aws/text.hpp"

#include <algorithm>
#include <utility>

namespace lddynamo::aws {
namespace {

constexpr std::string_view kTokenPath = "/latest/api/token";
constexpr std::string_view kRolePath = "/latest/meta-data/iam/security-credentials/";
/// Credentials that end sooner than this are used for longer: the service behind has a fault, and
/// AWS accepts the old ones meanwhile ("static stability").
constexpr std::chrono::minutes kShortLife{5};

tl::unexpected<Error> Failed(std::string what) {
    return Fail(ErrorCode::kCredentials, "instance metadata: " + std::move(what));
}

std::string StatusText(HttpResponse const& answer) {
    return "HTTP " + std::to_string(answer.status);
}

class InstanceCredentials final : public CredentialsProvider {
  public:
    explicit InstanceCredentials(SharedContext context) : context_(std::move(context)) {}

    Result<CredentialsAnswer> GetCredentials() override {
        auto const settings = ResolveInstanceMetadata(context_->environment, *context_->files);
        if (!settings) return Fail(settings.error());
        if (settings->disabled) return CredentialsAnswer::None("AWS_EC2_METADATA_DISABLED is true");

        auto const token = GetToken(*settings);
        if (!token) return Fail(token.error());
        if (!token->reachable) return Silent(*settings);

        std::string role = settings->role;
        if (role.empty()) {
            auto const answer = Get(*settings, token->text, std::string(kRolePath));
            if (!answer) return NoAnswer(*settings, answer.error());
            if (answer->status == 404) {
                return CredentialsAnswer::None("the instance has no role");
            }
            // Nobody asked for this service by name: where it refuses, it is simply not the way.
            if (answer->status != 200) {
                return CredentialsAnswer::None("asked for the role: " + StatusText(*answer));
            }
            role = Trim(answer->body.substr(0, answer->body.find('\n')));
            if (role.empty()) return CredentialsAnswer::None("the instance has no role");
        }
        auto const answer = Get(*settings, token->text, std::string(kRolePath) + EncodeUri(role));
        if (!answer) return NoAnswer(*settings, answer.error());
        if (answer->status != 200) {
            return Failed("asked for the credentials of role " + Printable(role, 100) + ": " +
                          StatusText(*answer));
        }
        return ReadAnswer(*answer);
    }
    [[nodiscard]] std::string Name() const override { return "instance metadata"; }

  private:
    struct Token {
        std::string text{};  ///< Empty: version 1 of the service, without tokens.
        bool reachable = true;
    };

    Result<Token> GetToken(InstanceMetadataSettings const& settings) const {
        auto const answer = Send(settings, [&] {
            HttpRequest request;
            request.method = "PUT";
            request.url = settings.endpoint + std::string(kTokenPath);
            request.headers.emplace_back("x-aws-ec2-metadata-token-ttl-seconds", "21600");
            return request;
        });
        if (!answer) {
            // A token's answer that never comes may have been stopped by its hop limit.
            bool const is_late = answer.error().code == ErrorCode::kTimeout;
            if (is_late && !settings.v1_disabled) return Token{};
            if (is_late || answer.error().code == ErrorCode::kConnection) return Token{{}, false};
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
            if (!settings.v1_disabled) return Token{};
            return Failed("it gives no session token (" + StatusText(*answer) +
                          "), and version 1 is disabled by AWS_EC2_METADATA_V1_DISABLED");
        }
        return Failed("asked for a session token: " + StatusText(*answer));
    }

    Result<HttpResponse> Get(InstanceMetadataSettings const& settings, std::string const& token,
                             std::string const& path) const {
        return Send(settings, [&] {
            HttpRequest request;
            request.url = settings.endpoint + path;
            if (!token.empty()) request.headers.emplace_back("x-aws-ec2-metadata-token", token);
            return request;
        });
    }

    Result<HttpResponse> Send(InstanceMetadataSettings const& settings,
                              std::function<HttpRequest()> const& make) const {
        ExchangePolicy policy;
        policy.attempts = settings.attempts;
        policy.is_transient = [](HttpResponse const& answer) { return answer.status >= 500; };
        return Exchange(
            *context_,
            [&] {
                HttpRequest request = make();
                request.timeout = settings.timeout;
                request.bypass_proxy = true;
                return request;
            },
            policy);
    }

    static CredentialsAnswer Silent(InstanceMetadataSettings const& settings) {
        std::string seconds = std::to_string(settings.timeout.count());
        std::string const limit = settings.timeout.count() % 1000 == 0
                                      ? std::to_string(settings.timeout.count() / 1000) + " s"
                                      : seconds + " ms";
        return CredentialsAnswer::None("no answer from " + settings.endpoint + " within " + limit);
    }
    static Result<CredentialsAnswer> NoAnswer(InstanceMetadataSettings const& settings,
                                              Error const& error) {
        if (error.code == ErrorCode::kTimeout || error.code == ErrorCode::kConnection) {
            return Silent(settings);
        }
        return Failed(error.message);
    }

    Result<CredentialsAnswer> ReadAnswer(HttpResponse const& answer) const {
        std::string const trouble = ErrorInDocument(answer.body);
        if (!trouble.empty() && trouble != "Success") return Failed(trouble);
        auto credentials = ReadCredentialsDocument(answer.body, "Token", Name());
        if (!credentials) return Fail(std::move(credentials.error()));
        credentials->source = Name();
        auto const now = context_->clock.Now();
        if (credentials->expiration && *credentials->expiration <= now + kShortLife) {
            // 12 to 20 minutes, as botocore does.
            std::chrono::seconds const longer(720 + static_cast<int>(context_->random() * 480));
            credentials->expiration = now + longer;
            context_->logger.Warn(
                "instance metadata gives credentials that have expired or are about to; they are "
                "used for another " +
                std::to_string(longer.count() / 60) + " minutes");
        }
        return std::move(*credentials);
    }

    SharedContext const context_;
};

}  // namespace

std::shared_ptr<CredentialsProvider> MakeInstanceCredentials(SharedContext context) {
    return std::make_shared<InstanceCredentials>(std::move(context));
}

}  // namespace lddynamo::aws
