#include "aws/resolved_aws.hpp"

#include <lddynamo/version.hpp>

#include "aws/ca_file.hpp"
#include "aws/cached_credentials.hpp"
#include "aws/credentials_context.hpp"
#include "aws/default_credentials.hpp"
#include "aws/dynamodb_endpoint.hpp"
#include "aws/instance_metadata_client.hpp"
#include "aws/region.hpp"
#include "aws/service_endpoint.hpp"
#include "aws/text.hpp"

#include <utility>

namespace lddynamo::aws {
namespace {

/// @param region  what was found.
std::shared_ptr<CredentialsProvider> Credentials(AwsConfig const& config, Clock& clock,
                                                 CredentialsContext context,
                                                 std::string const& region) {
    if (config.credentials) {
        bool const is_cached =
            dynamic_cast<RejectableCredentials const*>(config.credentials.get()) != nullptr;
        return is_cached ? config.credentials : MakeCachedCredentials(config.credentials, clock);
    }
    if (config.region_from_instance_metadata) context.region = region;  // not to ask again
    return MakeDefaultCredentials(std::make_shared<CredentialsContext const>(std::move(context)),
                                  !config.profile.empty());
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

Result<AccountIdEndpointMode> ReadMode(std::string_view text, std::string_view where) {
    std::string const name = ToLower(Trim(text));
    if (name == "disabled") return AccountIdEndpointMode::kDisabled;
    if (name == "preferred") return AccountIdEndpointMode::kPreferred;
    if (name == "required") return AccountIdEndpointMode::kRequired;
    return Fail(ErrorCode::kInvalidArgument,
                "the account id endpoint mode \"" + Printable(text, 40) + "\" (from " +
                    std::string(where) + ") is none of disabled, preferred, required");
}

/// Reads files, unless `ask_files` is false.
Result<AccountIdEndpointMode> FindMode(AwsConfig const& config, Environment const& environment,
                                       ProfileFiles& files, bool ask_files) {
    if (config.account_id_endpoint_mode) return *config.account_id_endpoint_mode;
    if (auto const text = environment.GetNonEmpty("AWS_ACCOUNT_ID_ENDPOINT_MODE")) {
        return ReadMode(*text, "AWS_ACCOUNT_ID_ENDPOINT_MODE");
    }
    if (!ask_files) return AccountIdEndpointMode::kDisabled;
    auto const set = files.Load();
    if (!set) return Fail(set.error());
    std::string const profile = files.ProfileName();
    auto const* const text = (*set)->Find(profile, "account_id_endpoint_mode");
    if (text == nullptr) return AccountIdEndpointMode::kDisabled;
    return ReadMode(*text, "account_id_endpoint_mode of profile " + Printable(profile, 100));
}

/// For credentials that name no account.
Result<std::string> FindAccountId(Environment const& environment, ProfileFiles& files) {
    if (auto const id = environment.Get("AWS_ACCOUNT_ID"); id && !Trim(*id).empty()) {
        return std::string(Trim(*id));
    }
    auto const set = files.Load();
    if (!set) return Fail(set.error());
    auto const* const id = (*set)->Find(files.ProfileName(), "aws_account_id");
    return id != nullptr ? *id : std::string();
}

Result<std::optional<AccountEndpoints>> FindAccountEndpoints(AwsConfig const& config,
                                                             std::string const& region,
                                                             EndpointSettings const& settings,
                                                             Environment const& environment,
                                                             ProfileFiles& files) {
    bool const can_have = !settings.custom && region != "local";
    auto const mode = FindMode(config, environment, files, can_have);
    if (!mode) return Fail(mode.error());
    if (!can_have || *mode == AccountIdEndpointMode::kDisabled) return std::nullopt;
    auto account_id = FindAccountId(environment, files);
    if (!account_id) return Fail(std::move(account_id.error()));
    return AccountEndpoints{*mode, region, settings, std::move(*account_id)};
}

/// The program's name in AWS's logs: AWS_SDK_UA_APP_ID, or the profile's sdk_ua_app_id.
std::string UserAgent(Environment const& environment, ProfileFiles* files) {
    constexpr std::string_view kAllowed = "!$%&'*+-.^_`|~";
    constexpr std::size_t kMaxLength = 50;
    std::string agent = "lddynamo/" + std::string(Version());
    auto id = environment.GetNonEmpty("AWS_SDK_UA_APP_ID");
    if (!id && files != nullptr) {
        auto const set = files->Load();
        auto const* const text =
            set ? (*set)->Find(files->ProfileName(), "sdk_ua_app_id") : nullptr;
        if (text != nullptr) id = *text;
    }
    if (!id) return agent;
    agent += " app/";
    for (char const c : Trim(*id).substr(0, kMaxLength)) {
        agent += IsAlphanumeric(c) || kAllowed.find(c) != std::string_view::npos ? c : '-';
    }
    return agent;
}

}  // namespace

Result<Endpoint> ResolvedAws::EndpointFor(AwsCredentials const& signer,
                                          std::string_view table) const {
    if (!account_endpoints) return endpoint;
    EndpointAccount account;
    account.mode = account_endpoints->mode;
    account.resource_arn = table;
    std::string const& id =
        signer.account_id.empty() ? account_endpoints->account_id : signer.account_id;
    if (!id.empty()) account.account_id = id;
    return DynamoDbEndpoint(account_endpoints->region, account_endpoints->settings, account);
}

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
                               Clock& clock, std::shared_ptr<HttpTransport> transport,
                               std::stop_token stop) {
    if (auto status = CheckAwsConfig(config); !status) return Fail(std::move(status.error()));
    auto const files = std::make_shared<ProfileFiles>(config.profile, environment);

    AwsConfig complete = config;
    complete.environment = &environment;
    complete.clock = &clock;
    auto const context =
        MakeCredentialsContext(complete, files, std::move(transport), std::move(stop));

    std::function<Result<std::string>()> ask;
    if (config.region_from_instance_metadata) ask = [&] { return FetchInstanceRegion(*context); };
    auto region = ResolveRegion(config.region, environment, *files, ask);
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
    auto account = FindAccountEndpoints(config, *region, *settings, environment, *files);
    if (!account) return Fail(std::move(account.error()));
    resolved.account_endpoints = std::move(*account);
    if (resolved.endpoint.url.https) {
        auto ca_file = FindCaFile(environment, *files);
        if (!ca_file) return Fail(std::move(ca_file.error()));
        resolved.ca_file = std::move(*ca_file);
    }

    bool const ask_files = files->IsLoaded() || files->IsProfileNamed();
    auto retry =
        ResolveRetrySettings(config.max_attempts, environment, ask_files ? files.get() : nullptr);
    if (!retry) return Fail(std::move(retry.error()));
    resolved.retry = std::make_shared<RetrySettingsSource>(
        *retry, ask_files || HasRetrySettings(config.max_attempts, environment),
        config.max_attempts, environment, files, config.logger);
    resolved.user_agent = UserAgent(environment, ask_files ? files.get() : nullptr);
    resolved.credentials = Credentials(config, clock, *context, *region);
    return resolved;
}

}  // namespace lddynamo::aws
