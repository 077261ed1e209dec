#include "aws/default_credentials.hpp"

#include "aws/container_credentials.hpp"
#include "aws/instance_credentials.hpp"
#include "aws/profile_credentials.hpp"
#include "aws/web_identity_credentials.hpp"

#include <utility>
#include <vector>

namespace lddynamo {
namespace aws {

std::shared_ptr<CredentialsProvider> MakeDefaultCredentials(SharedContext const& context,
                                                            bool is_profile_in_code) {
    std::vector<std::shared_ptr<CredentialsProvider>> providers;
    // A profile named in code is meant; one in AWS_PROFILE comes after the environment's keys.
    if (!is_profile_in_code) {
        providers.push_back(MakeEnvironmentCredentials(context->environment));
        providers.push_back(MakeWebIdentityCredentials(context));
    }
    providers.push_back(MakeProfileCredentials(context));
    providers.push_back(MakeContainerCredentials(context));
    providers.push_back(MakeInstanceCredentials(context));
    return MakeCachedCredentials(MakeCredentialsChain(std::move(providers)), context->clock);
}

}  // namespace aws

std::shared_ptr<CredentialsProvider> MakeDefaultCredentials(
    AwsConfig const& config, std::shared_ptr<HttpTransport> transport) {
    return aws::MakeDefaultCredentials(
        aws::MakeCredentialsContext(config, nullptr, std::move(transport)),
        !config.profile.empty());
}

}  // namespace lddynamo
