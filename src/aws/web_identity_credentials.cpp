#include "aws/web_identity_credentials.hpp"

#include "aws/text.hpp"

#include <utility>

namespace lddynamo::aws {
namespace {

constexpr std::size_t kMaxTokenBytes = 64U << 10U;

class WebIdentityCredentials final : public CredentialsProvider {
  public:
    explicit WebIdentityCredentials(SharedContext context) : context_(std::move(context)) {}

    Result<CredentialsAnswer> GetCredentials() override {
        auto const file = context_->environment.GetNonEmpty("AWS_WEB_IDENTITY_TOKEN_FILE");
        if (!file) return CredentialsAnswer::None("AWS_WEB_IDENTITY_TOKEN_FILE is not set");
        AssumedRole role;
        role.role_arn = context_->environment.GetNonEmpty("AWS_ROLE_ARN").value_or("");
        if (role.role_arn.empty()) {
            return Fail(ErrorCode::kCredentials,
                        "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not");
        }
        role.session_name = context_->environment.GetNonEmpty("AWS_ROLE_SESSION_NAME").value_or("");
        auto credentials = FetchWebIdentity(*context_, role, *file);
        if (!credentials) return Fail(std::move(credentials.error()));
        credentials->source = "role " + Printable(role.role_arn, 300) + " by web identity";
        return std::move(*credentials);
    }
    [[nodiscard]] std::string Name() const override { return "web identity"; }

  private:
    SharedContext const context_;
};

}  // namespace

std::shared_ptr<CredentialsProvider> MakeWebIdentityCredentials(SharedContext context) {
    return std::make_shared<WebIdentityCredentials>(std::move(context));
}

Result<AwsCredentials> FetchWebIdentity(CredentialsContext const& context, AssumedRole const& role,
                                        std::string const& token_file) {
    auto text = context.environment.ReadFile(token_file, kMaxTokenBytes);
    if (!text) {
        return Fail(ErrorCode::kCredentials,
                    "the web identity token file cannot be read: " + text.error().message);
    }
    Secret const token(Trim(*text));
    if (token.Empty()) {
        return Fail(ErrorCode::kCredentials,
                    "the web identity token file " + Printable(token_file, 300) + " is empty");
    }
    return AssumeRoleWithWebIdentity(context, role, token);
}

}  // namespace lddynamo::aws
