#include "aws/service_endpoint.hpp"

#include "aws/partitions.hpp"
#include "aws/text.hpp"

#include <string>
#include <utility>

namespace lddynamo::aws {
namespace {

struct ServiceNames {
    std::string_view variable{};
    std::string_view section{};  ///< In [services]: the service's id in snake case.
    std::string_view host{};     ///< The first part of its host names.
};

ServiceNames NamesOf(Service service) noexcept {
    switch (service) {
        case Service::kSts:
            return {"AWS_ENDPOINT_URL_STS", "sts", "sts"};
        case Service::kSso:
            return {"AWS_ENDPOINT_URL_SSO", "sso", "portal.sso"};
        case Service::kSsoOidc:
            return {"AWS_ENDPOINT_URL_SSO_OIDC", "sso_oidc", "oidc"};
        case Service::kDynamoDb:
            break;
    }
    return {"AWS_ENDPOINT_URL_DYNAMODB", "dynamodb", "dynamodb"};
}

bool IsTrue(std::string_view value) {
    return EqualsIgnoringCase(Trim(value), "true");
}

std::string InProfile(ProfileFiles const& files) {
    return "profile " + Printable(files.ProfileName(), 100);
}

/// `endpoint_url` below the service's name in the [services] section that the profile names.
std::optional<std::string> ServicesEndpoint(ProfileSet const& set, std::string_view profile,
                                            std::string_view service_section) {
    std::string const* const name = set.Find(profile, "services");
    if (name == nullptr) return std::nullopt;
    auto const section = set.services.find(*name);
    if (section == set.services.end()) return std::nullopt;
    auto const service = section->second.find(service_section);
    if (service == section->second.end()) return std::nullopt;
    return FindSubProperty(service->second, "endpoint_url");
}

Result<std::optional<Endpoint>> Custom(std::string_view url, std::string_view where) {
    auto endpoint = ParseEndpoint(Trim(url), where);
    if (!endpoint) return Fail(std::move(endpoint.error()));
    return std::move(*endpoint);
}

Result<std::optional<Endpoint>> CustomOfEnvironment(ServiceNames const& names,
                                                    Environment const& environment) {
    for (std::string_view const name : {names.variable, std::string_view("AWS_ENDPOINT_URL")}) {
        if (auto const url = environment.GetNonEmpty(name)) return Custom(*url, name);
    }
    return std::nullopt;
}

Result<std::optional<Endpoint>> CustomOfProfile(ServiceNames const& names, ProfileFiles& files) {
    auto const set = files.Load();
    if (!set) return Fail(set.error());
    std::string const profile = files.ProfileName();
    auto const* const ignore = (*set)->Find(profile, "ignore_configured_endpoint_urls");
    if (ignore != nullptr && IsTrue(*ignore)) return std::nullopt;
    if (auto const url = ServicesEndpoint(**set, profile, names.section)) {
        return Custom(*url, InProfile(files));
    }
    if (auto const* const url = (*set)->Find(profile, "endpoint_url")) {
        return Custom(*url, InProfile(files));
    }
    return std::nullopt;
}

Result<bool> ReadFlag(std::string_view text, std::string_view where) {
    if (IsTrue(text)) return true;
    if (EqualsIgnoringCase(Trim(text), "false")) return false;
    return Fail(ErrorCode::kInvalidArgument, "\"" + Printable(text, 40) + "\" (from " +
                                                 std::string(where) +
                                                 ") is neither true nor false");
}

struct FlagNames {
    std::string_view variable{};
    std::string_view property{};
};

Result<bool> FindFlag(std::optional<bool> in_code, FlagNames const& names,
                      Environment const& environment, ProfileFiles* files) {
    if (in_code) return *in_code;
    if (auto const text = environment.GetNonEmpty(names.variable)) {
        return ReadFlag(*text, names.variable);
    }
    if (files == nullptr) return false;
    auto const set = files->Load();
    if (!set) return Fail(set.error());
    auto const* const text = (*set)->Find(files->ProfileName(), names.property);
    if (text == nullptr) return false;
    return ReadFlag(*text, std::string(names.property) + " of " + InProfile(*files));
}

}  // namespace

Result<EndpointSettings> FindEndpointSettings(Service service, EndpointChoice const& in_code,
                                              Environment const& environment, ProfileFiles& files) {
    ServiceNames const names = NamesOf(service);
    Result<std::optional<Endpoint>> custom = std::nullopt;
    if (!in_code.url.empty()) {
        custom = Custom(in_code.url, "code");
    } else {
        auto const ignore = environment.Get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
        if (!ignore || !IsTrue(*ignore)) {
            custom = CustomOfEnvironment(names, environment);
            if (custom && !*custom) custom = CustomOfProfile(names, files);
        }
    }
    if (!custom) return Fail(std::move(custom.error()));

    EndpointSettings settings;
    settings.custom = std::move(*custom);
    bool const ask_files = !settings.custom || files.IsLoaded() || files.IsProfileNamed();
    ProfileFiles* const profile = ask_files ? &files : nullptr;
    auto const fips = FindFlag(in_code.use_fips, {"AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"},
                               environment, profile);
    if (!fips) return Fail(fips.error());
    auto const dual =
        FindFlag(in_code.use_dual_stack, {"AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"},
                 environment, profile);
    if (!dual) return Fail(dual.error());
    settings.use_fips = *fips;
    settings.use_dual_stack = *dual;
    return settings;
}

Result<Endpoint> RegionalEndpoint(Service service, std::string_view region,
                                  EndpointSettings const& settings) {
    auto const fail = [](std::string_view message) {
        return Fail(ErrorCode::kInvalidArgument, std::string(message));
    };
    if (settings.custom) {
        if (settings.use_fips) {
            return fail("Invalid Configuration: FIPS and custom endpoint are not supported");
        }
        if (settings.use_dual_stack) {
            return fail("Invalid Configuration: Dualstack and custom endpoint are not supported");
        }
        Endpoint endpoint = *settings.custom;
        endpoint.signing_region = region;
        return endpoint;
    }
    Partition const& partition = FindPartition(region);
    bool const lacks_fips = settings.use_fips && !partition.supports_fips;
    bool const lacks_dual_stack = settings.use_dual_stack && !partition.supports_dual_stack;
    if (settings.use_fips && settings.use_dual_stack && (lacks_fips || lacks_dual_stack)) {
        return fail(
            "FIPS and DualStack are enabled, but this partition does not support one or both");
    }
    if (lacks_fips) return fail("FIPS is enabled but this partition does not support FIPS");
    if (lacks_dual_stack) {
        return fail("DualStack is enabled but this partition does not support DualStack");
    }
    if (service == Service::kSts && region == "aws-global" && !settings.use_fips &&
        !settings.use_dual_stack) {
        return HttpsEndpoint("sts.amazonaws.com", "us-east-1");
    }
    std::string host(NamesOf(service).host);
    // GovCloud's plain endpoints are FIPS endpoints.
    bool const is_plain_name = partition.name == "aws-us-gov" && !settings.use_dual_stack;
    if (settings.use_fips && !is_plain_name) host += "-fips";
    host.append(".").append(region).append(".");
    host += settings.use_dual_stack ? partition.dual_stack_dns_suffix : partition.dns_suffix;
    return HttpsEndpoint(std::move(host), region);
}

Result<Endpoint> ResolveServiceEndpoint(Service service, std::string_view region,
                                        EndpointChoice const& in_code,
                                        Environment const& environment, ProfileFiles& files) {
    auto const settings = FindEndpointSettings(service, in_code, environment, files);
    if (!settings) return Fail(settings.error());
    return RegionalEndpoint(service, region, *settings);
}

}  // namespace lddynamo::aws
