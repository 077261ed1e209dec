#include "aws/profile_credentials.hpp"

#include "aws/credentials_check.hpp"
#include "aws/text.hpp"

#include <atomic>
#include <optional>
#include <string_view>
#include <utility>

namespace lddynamo {
namespace aws {
namespace {

class ProfileCredentials final : public CredentialsProvider {
  public:
    explicit ProfileCredentials(std::shared_ptr<ProfileFiles> files) : files_(std::move(files)) {}

    Result<std::optional<AwsCredentials>> GetCredentials() override {
        auto const set = asked_before_.exchange(true) ? files_->Reload() : files_->Load();
        if (!set) return Fail(ErrorCode::kCredentials, set.error().message);
        std::string const name = files_->ProfileName();
        if (!(*set)->profiles.contains(name)) {
            if (!files_->IsProfileNamed()) return std::nullopt;
            return Fail(ErrorCode::kCredentials, "profile \"" + Printable(name, 100) +
                                                     "\" does not exist in " +
                                                     files_->DescribeLocations());
        }
        return FromProfile(**set, name);
    }
    [[nodiscard]] std::string Name() const override {
        return "profile " + Printable(files_->ProfileName(), 100);
    }

  private:
    Result<std::optional<AwsCredentials>> FromProfile(ProfileSet const& set,
                                                      std::string const& name) const {
        // The ways that AWS SDKs prefer to static keys, then those that come after them.
        for (std::string_view const key :
             {"role_arn", "web_identity_token_file", "sso_session", "sso_start_url"}) {
            if (set.Find(name, key) != nullptr) return Unsupported(key);
        }
        auto const value = [&](std::string_view key) {
            std::string const* const found = set.Find(name, key);
            return found != nullptr ? *found : std::string();
        };
        AwsCredentials credentials;
        credentials.access_key_id = value("aws_access_key_id");
        credentials.secret_access_key = Secret(value("aws_secret_access_key"));
        if (credentials.access_key_id.empty() && credentials.secret_access_key.Empty()) {
            for (std::string_view const key : {"login_session", "credential_process"}) {
                if (set.Find(name, key) != nullptr) return Unsupported(key);
            }
            return std::nullopt;
        }
        credentials.session_token = Secret(value("aws_session_token"));
        if (credentials.session_token.Empty()) {
            credentials.session_token = Secret(value("aws_security_token"));
        }
        credentials.account_id = value("aws_account_id");
        credentials.source = Name();
        if (auto status = CheckCredentials(credentials, credentials.source); !status) {
            return Fail(std::move(status.error()));
        }
        return credentials;
    }

    [[nodiscard]] tl::unexpected<Error> Unsupported(std::string_view key) const {
        return Fail(ErrorCode::kCredentials,
                    Name() + " gets its credentials by " + std::string(key) +
                        ", which is not supported; export them as AWS_ACCESS_KEY_ID, "
                        "AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN instead");
    }

    std::shared_ptr<ProfileFiles> const files_;  // shared with the region's and endpoint's lookup
    std::atomic<bool> asked_before_{false};
};

}  // namespace

std::shared_ptr<CredentialsProvider> MakeProfileCredentials(std::shared_ptr<ProfileFiles> files) {
    return std::make_shared<ProfileCredentials>(std::move(files));
}

}  // namespace aws

std::shared_ptr<CredentialsProvider> MakeProfileCredentials(std::string profile,
                                                            Environment const& environment) {
    return aws::MakeProfileCredentials(
        std::make_shared<aws::ProfileFiles>(std::move(profile), environment));
}

}  // namespace lddynamo
