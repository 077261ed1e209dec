#include "aws/resolved_aws.hpp"

#include "aws/cached_credentials.hpp"
#include "aws/dynamodb_endpoint.hpp"
#include "aws/profile_credentials.hpp"
#include "aws/region.hpp"
#include "aws/service_endpoint.hpp"
#include "aws/text.hpp"

#include <utility>
#include <vector>

namespace lddynamo::aws {
namespace {

std::shared_ptr<CredentialsProvider> Credentials(AwsConfig const& config,
                                                 Environment const& environment, Clock& clock,
                                                 std::shared_ptr<ProfileFiles> const& files) {
    if (config.credentials) {
        bool const is_cached =
            dynamic_cast<RejectableCredentials const*>(config.credentials.get()) != nullptr;
        return is_cached ? config.credentials : MakeCachedCredentials(config.credentials, clock);
    }
    std::vector<std::shared_ptr<CredentialsProvider>> providers;
    // A profile named in code is meant; one in AWS_PROFILE comes after the environment's keys.
    if (config.profile.empty()) providers.push_back(MakeEnvironmentCredentials(environment));
    providers.push_back(MakeProfileCredentials(files));
    return MakeCachedCredentials(MakeCredentialsChain(std::move(providers)), clock);
}

void WarnOfTwoRegions(AwsConfig const& config, Environment const& environment) {
    if (!config.region.empty() || !config.logger.Enabled(LogLevel::kWarn)) return;
    auto const first = environment.GetNonEmpty("AWS_REGION");
    auto const second = environment.GetNonEmpty("AWS_DEFAULT_REGION");
    if (first && second && *first != *second) {
        config.logger.Warn("AWS_REGION is " + Printable(*first, 80) +
                           " and AWS_DEFAULT_REGION is " + Printable(*second, 80) +
                           "; the first is used");
    }
}

Result<std::string> FindCaFile(Environment const& environment, ProfileFiles& files) {
    if (auto path = environment.GetNonEmpty("AWS_CA_BUNDLE")) return std::move(*path);
    auto const set = files.Load();
    if (!set) return Fail(set.error());
    auto const* const path = (*set)->Find(files.ProfileName(), "ca_bundle");
    return path != nullptr ? *path : std::string();
}

}  // namespace

Status CheckAwsConfig(AwsConfig const& config) {
    if (!config.region.empty()) {
        if (auto status = CheckRegion(config.region, "code"); !status) return status;
    }
    if (!config.endpoint_url.empty()) {
        if (auto endpoint = ParseEndpoint(Trim(config.endpoint_url), "code"); !endpoint) {
            return Fail(std::move(endpoint.error()));
        }
    }
    if (config.max_attempts < 0 || config.max_attempts > 1000) {
        return Fail(ErrorCode::kInvalidArgument,
                    "max_attempts must be from 1 to 1000, or 0 for the default");
    }
    return {};
}

RetrySettingsSource::RetrySettingsSource(RetrySettings known, bool is_complete, int in_code,
                                         Environment const& environment,
                                         std::shared_ptr<ProfileFiles> files, Logger logger)
    : in_code_(in_code),
      environment_(environment),
      files_(std::move(files)),
      logger_(std::move(logger)),
      settings_(known),
      is_complete_(is_complete) {
}

RetrySettings RetrySettingsSource::Known() const {
    std::scoped_lock const lock(mutex_);
    return settings_;
}

bool RetrySettingsSource::IsComplete() const {
    std::scoped_lock const lock(mutex_);
    return is_complete_;
}

RetrySettings RetrySettingsSource::Complete() {
    std::scoped_lock const lock(mutex_);
    if (is_complete_) return settings_;
    is_complete_ = true;
    auto settings = ResolveRetrySettings(in_code_, environment_, files_.get());
    if (settings) {
        settings_ = *settings;
    } else {
        logger_.Warn("retry settings of the profile are not used: " + settings.error().message);
    }
    return settings_;
}

Result<ResolvedAws> ResolveAws(AwsConfig const& config, Environment const& environment,
                               Clock& clock) {
    if (auto status = CheckAwsConfig(config); !status) return Fail(std::move(status.error()));
    auto const files = std::make_shared<ProfileFiles>(config.profile, environment);

    auto region = ResolveRegion(config.region, environment, *files);
    if (!region) return Fail(std::move(region.error()));
    WarnOfTwoRegions(config, environment);

    ResolvedAws resolved;
    auto const settings = FindEndpointSettings(
        Service::kDynamoDb, {config.endpoint_url, config.use_fips, config.use_dual_stack},
        environment, *files);
    if (!settings) return Fail(settings.error());
    auto endpoint = DynamoDbEndpoint(*region, *settings, {});
    if (!endpoint) return Fail(std::move(endpoint.error()));
    resolved.endpoint = std::move(*endpoint);
    if (resolved.endpoint.url.https) {
        auto ca_file = FindCaFile(environment, *files);
        if (!ca_file) return Fail(std::move(ca_file.error()));
        resolved.ca_file = std::move(*ca_file);
    }

    bool const ask_files = files->IsLoaded() || files->IsProfileNamed();
    auto retry =
        ResolveRetrySettings(config.max_attempts, environment, ask_files ? files.get() : nullptr);
    if (!retry) return Fail(std::move(retry.error()));
    if (retry->mode == RetryMode::kAdaptive) {
        config.logger.Info(
            "retry mode adaptive has no rate limiter yet; it is handled as standard");
    }
    resolved.retry = std::make_shared<RetrySettingsSource>(
        *retry, ask_files || HasRetrySettings(config.max_attempts, environment),
        config.max_attempts, environment, files, config.logger);
    resolved.credentials = Credentials(config, environment, clock, files);
    return resolved;
}

}  // namespace lddynamo::aws
