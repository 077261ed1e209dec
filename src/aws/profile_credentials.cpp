#include "aws/profile_credentials.hpp"

#include "aws/container_credentials.hpp"
#include "aws/credentials_check.hpp"
#include "aws/instance_credentials.hpp"
#include "aws/process_credentials.hpp"
#include "aws/profile_plan.hpp"
#include "aws/sso_credentials.hpp"
#include "aws/sts_client.hpp"
#include "aws/text.hpp"
#include "aws/web_identity_credentials.hpp"

#include <atomic>
#include <optional>
#include <utility>
#include <variant>

namespace lddynamo {
namespace aws {
namespace {

/// Gets what a plan begins with.
struct BaseFetcher {
    SharedContext const& context;
    std::string const& name;  ///< "profile dev", for messages.

    Result<AwsCredentials> operator()(ProfileKeys const& keys) const { return keys.credentials; }
    Result<AwsCredentials> operator()(NamedSource source) const {
        std::shared_ptr<CredentialsProvider> provider;
        switch (source) {
            case NamedSource::kEnvironment:
                provider = MakeEnvironmentCredentials(context->environment);
                break;
            case NamedSource::kInstanceMetadata:
                provider = MakeInstanceCredentials(context);
                break;
            case NamedSource::kContainer:
                provider = MakeContainerCredentials(context);
                break;
        }
        auto answer = provider->GetCredentials();
        if (!answer) return Fail(std::move(answer.error()));
        if (*answer) return std::move(**answer);
        return Fail(ErrorCode::kCredentials, "credential_source " + provider->Name() +
                                                 " has no credentials: " + answer->Reason());
    }
    Result<AwsCredentials> operator()(ProfileWebIdentity const& web) const {
        return FetchWebIdentity(*context, web.role, web.token_file);
    }
    Result<AwsCredentials> operator()(ProfileSso const& sso) const {
        return FetchFromSso(*context, sso);
    }
    Result<AwsCredentials> operator()(ProfileProcess const& process) const {
        auto credentials = FetchFromProcess(*context, process.command, name);
        if (credentials && credentials->account_id.empty()) {
            credentials->account_id = process.account_id;
        }
        return credentials;
    }
};

class ProfileCredentials final : public CredentialsProvider {
  public:
    explicit ProfileCredentials(SharedContext context) : context_(std::move(context)) {}

    Result<CredentialsAnswer> GetCredentials() override {
        ProfileFiles& files = *context_->files;
        auto const set = asked_before_.exchange(true) ? files.Reload() : files.Load();
        if (!set) return Fail(ErrorCode::kCredentials, set.error().message);
        std::string const name = files.ProfileName();
        if (!(*set)->profiles.contains(name)) {
            if (!files.IsProfileNamed()) {
                return CredentialsAnswer::None("no such profile (looked in " +
                                               files.DescribeLocations() + ")");
            }
            return Fail(ErrorCode::kCredentials, "profile \"" + Printable(name, 100) +
                                                     "\" does not exist in " +
                                                     files.DescribeLocations());
        }
        auto const plan = PlanProfile(**set, name);
        if (!plan) return Fail(plan.error());
        if (!*plan) {
            return CredentialsAnswer::None("it has no credentials (looked in " +
                                           files.DescribeLocations() + ")");
        }
        auto credentials = Carry(**plan);
        if (!credentials) return Fail(std::move(credentials.error()));
        bool const is_plain =
            (*plan)->roles.empty() && std::holds_alternative<ProfileKeys>((*plan)->base);
        credentials->source = is_plain ? Name() : Name() + ": " + Describe(**plan);
        return std::move(*credentials);
    }
    [[nodiscard]] std::string Name() const override {
        return "profile " + Printable(context_->files->ProfileName(), 100);
    }

  private:
    /// The plan, step by step.
    [[nodiscard]] Result<AwsCredentials> Carry(ProfilePlan const& plan) const {
        std::string const base = "profile " + Printable(plan.base_profile, 100);
        auto credentials = std::visit(BaseFetcher{context_, base}, plan.base);
        if (!credentials) return WithName(std::move(credentials.error()));
        if (auto status = CheckCredentials(*credentials, base); !status) {
            return Fail(std::move(status.error()));
        }
        for (AssumedRole const& role : plan.roles) {
            auto assumed = AssumeRole(*context_, role, *credentials);
            if (!assumed) return WithName(std::move(assumed.error()));
            credentials = std::move(*assumed);
        }
        return credentials;
    }
    [[nodiscard]] tl::unexpected<Error> WithName(Error error) const {
        error.message = Name() + ": " + error.message;
        if (error.code != ErrorCode::kAccessDenied) error.code = ErrorCode::kCredentials;
        return Fail(std::move(error));
    }

    SharedContext const context_;
    std::atomic<bool> asked_before_{false};
};

}  // namespace

std::shared_ptr<CredentialsProvider> MakeProfileCredentials(SharedContext context) {
    return std::make_shared<ProfileCredentials>(std::move(context));
}

}  // namespace aws

std::shared_ptr<CredentialsProvider> MakeProfileCredentials(
    AwsConfig const& config, std::shared_ptr<HttpTransport> transport) {
    return aws::MakeProfileCredentials(
        aws::MakeCredentialsContext(config, nullptr, std::move(transport)));
}

}  // namespace lddynamo
