#include <lddynamo/aws.hpp>

#include "aws/credentials_check.hpp"
#include "aws/text.hpp"
#include "aws/timestamp.hpp"

#include <string_view>
#include <utility>

namespace lddynamo {
namespace {

class EnvironmentCredentials final : public CredentialsProvider {
  public:
    explicit EnvironmentCredentials(Environment const& environment) : environment_(environment) {}

    Result<CredentialsAnswer> GetCredentials() override {
        std::string const id = Variable("AWS_ACCESS_KEY_ID");
        Secret const secret(Variable("AWS_SECRET_ACCESS_KEY"));
        if (id.empty() && secret.Empty()) {
            return CredentialsAnswer::None("AWS_ACCESS_KEY_ID is not set");
        }
        if (id.empty() || secret.Empty()) {
            return Fail(ErrorCode::kCredentials,
                        id.empty() ? "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not"
                                   : "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
        }
        AwsCredentials credentials;
        credentials.access_key_id = id;
        credentials.secret_access_key = secret;
        credentials.session_token = Secret(Variable("AWS_SESSION_TOKEN"));
        if (credentials.session_token.Empty()) {
            credentials.session_token = Secret(Variable("AWS_SECURITY_TOKEN"));
        }
        credentials.account_id = Variable("AWS_ACCOUNT_ID");
        credentials.source = Name();
        if (std::string const text = Variable("AWS_CREDENTIAL_EXPIRATION"); !text.empty()) {
            credentials.expiration = aws::ParseIsoTime(text);
            if (!credentials.expiration) {
                return Fail(ErrorCode::kCredentials,
                            "AWS_CREDENTIAL_EXPIRATION is not a time such as 2030-01-31T23:59:59Z");
            }
        }
        if (auto status = aws::CheckCredentials(credentials, credentials.source); !status) {
            return Fail(std::move(status.error()));
        }
        return credentials;
    }
    [[nodiscard]] std::string Name() const override { return "environment"; }

  private:
    /// Without white space at its ends: a line feed left by $(cat file) is common.
    [[nodiscard]] std::string Variable(std::string_view name) const {
        auto const value = environment_.Get(name);
        return value ? std::string(aws::Trim(*value)) : std::string();
    }

    Environment const& environment_;
};

}  // namespace

std::shared_ptr<CredentialsProvider> MakeEnvironmentCredentials(Environment const& environment) {
    return std::make_shared<EnvironmentCredentials>(environment);
}

}  // namespace lddynamo
