#include "aws/instance_credentials.hpp"

#include "aws/credentials_document.hpp"
#include "aws/instance_metadata_client.hpp"
#include "aws/text.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace lddynamo::aws {
namespace {

constexpr char kRolePath[] = "/latest/meta-data/iam/security-credentials/";
/// Credentials that end sooner than this are used for longer: the service behind has a fault, and
/// AWS accepts the old ones meanwhile ("static stability").
constexpr std::chrono::minutes kShortLife{5};

tl::unexpected<Error> Failed(std::string what) {
    return Fail(ErrorCode::kCredentials, "instance metadata: " + std::move(what));
}

std::string StatusText(HttpResponse const& answer) {
    return "HTTP " + std::to_string(answer.status);
}

/// As IAM's: a part of a URL, and nothing that could be a key document.
bool IsRoleName(std::string_view text) noexcept {
    constexpr std::size_t kMaxLength = 128;
    constexpr std::string_view kOthers = "+=,.@_-";
    return text.size() <= kMaxLength && std::all_of(text.begin(), text.end(), [&](char c) {
               return IsAlphanumeric(c) || kOthers.find(c) != std::string_view::npos;
           });
}

class InstanceCredentials final : public CredentialsProvider {
  public:
    explicit InstanceCredentials(SharedContext context) : context_(std::move(context)) {}

    Result<CredentialsAnswer> GetCredentials() override {
        auto const settings = ResolveInstanceMetadata(context_->environment, *context_->files);
        if (!settings) return Fail(settings.error());
        if (settings->disabled) return CredentialsAnswer::None("AWS_EC2_METADATA_DISABLED is true");

        InstanceMetadataClient const client(*context_, *settings);
        auto const token = client.GetToken();
        if (!token) return Fail(token.error());
        if (!token->reachable) return CredentialsAnswer::None(client.Silence());

        std::string role = settings->role;
        if (role.empty()) {
            auto const answer = client.Get(*token, kRolePath);
            if (!answer) return NoAnswer(client, answer.error());
            if (answer->status == 404) {
                return CredentialsAnswer::None("the instance has no role");
            }
            // Nobody asked for this service by name: where it refuses, it is simply not the way.
            if (answer->status != 200) {
                return CredentialsAnswer::None("asked for the role: " + StatusText(*answer));
            }
            role = Trim(answer->body.substr(0, answer->body.find('\n')));
            if (role.empty()) return CredentialsAnswer::None("the instance has no role");
            // Not repeated: who answers everything alike may have answered with keys.
            if (!IsRoleName(role)) return Failed("asked for the role: the answer is not its name");
        }
        auto const answer = client.Get(*token, kRolePath + EncodeUri(role));
        if (!answer) return NoAnswer(client, answer.error());
        if (answer->status != 200) {
            return Failed("asked for the credentials of role " + Printable(role, 100) + ": " +
                          StatusText(*answer));
        }
        return ReadAnswer(*answer, token->text);
    }
    [[nodiscard]] std::string Name() const override { return "instance metadata"; }

  private:
    static Result<CredentialsAnswer> NoAnswer(InstanceMetadataClient const& client,
                                              Error const& error) {
        if (InstanceMetadataClient::IsSilence(error)) {
            return CredentialsAnswer::None(client.Silence());
        }
        return Failed(error.message);
    }

    Result<CredentialsAnswer> ReadAnswer(HttpResponse const& answer, std::string_view token) const {
        std::string const trouble = ErrorInDocument(answer.body, token);
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
