#include "aws/endpoint.hpp"

#include "aws/text.hpp"

#include <array>
#include <utility>

namespace lddynamo::aws {
namespace {

struct Partition {
    std::string_view region_prefix;
    std::string_view dns_suffix;
};
// botocore's partitions.json, in 2026; any other region is of the partition "aws".
constexpr std::array<Partition, 6> kPartitions{{
    {"cn-", "amazonaws.com.cn"},
    {"eusc-", "amazonaws.eu"},
    {"us-iso-", "c2s.ic.gov"},
    {"us-isob-", "sc2s.sgov.gov"},
    {"eu-isoe-", "cloud.adc-e.uk"},
    {"us-isof-", "csp.hci.ic.gov"},
}};
constexpr std::string_view kDefaultDnsSuffix = "amazonaws.com";  // aws and aws-us-gov

std::string_view DnsSuffix(std::string_view region) noexcept {
    for (Partition const& partition : kPartitions) {
        if (region.starts_with(partition.region_prefix)) return partition.dns_suffix;
    }
    return kDefaultDnsSuffix;
}

bool IsTrue(std::optional<std::string> const& value) {
    return value && EqualsIgnoringCase(Trim(*value), "true");
}

Result<std::optional<Endpoint>> Custom(std::string_view url, std::string_view where) {
    auto endpoint = ParseEndpoint(Trim(url), where);
    if (!endpoint) return Fail(std::move(endpoint.error()));
    return std::move(*endpoint);
}

/// `endpoint_url` below `dynamodb` in the [services] section that the profile names.
std::optional<std::string> ServicesEndpoint(ProfileSet const& set, std::string_view profile) {
    std::string const* const name = set.Find(profile, "services");
    if (name == nullptr) return std::nullopt;
    auto const section = set.services.find(*name);
    if (section == set.services.end()) return std::nullopt;
    auto const service = section->second.find("dynamodb");
    if (service == section->second.end()) return std::nullopt;
    return FindSubProperty(service->second, "endpoint_url");
}

}  // namespace

Result<Endpoint> ParseEndpoint(std::string_view url, std::string_view where) {
    auto const fail = [&](std::string_view what) {
        return Fail(ErrorCode::kInvalidArgument, "the endpoint URL (from " + std::string(where) +
                                                     ") is not usable: " + std::string(what));
    };
    auto parsed = http::ParseUrl(url);
    if (!parsed) return fail(parsed.error().message);
    if (url.find_first_of("?#") != std::string_view::npos) {
        return fail("it has a query or a fragment");
    }
    if (!parsed->target.ends_with('/')) parsed->target += '/';
    Endpoint endpoint;
    endpoint.text = (parsed->https ? "https://" : "http://") + parsed->host_header + parsed->target;
    endpoint.url = std::move(*parsed);
    return endpoint;
}

Endpoint AwsEndpoint(std::string_view region) {
    Endpoint endpoint;
    if (region == "local") {
        endpoint.url.host = "localhost";
        endpoint.url.port = 8000;
        endpoint.url.host_header = "localhost:8000";
        endpoint.signing_region = "us-east-1";
    } else {
        endpoint.url.https = true;
        endpoint.url.host = "dynamodb.";
        endpoint.url.host.append(region).append(".").append(DnsSuffix(region));
        endpoint.url.port = 443;
        endpoint.url.host_header = endpoint.url.host;
        endpoint.signing_region = region;
    }
    endpoint.url.target = "/";
    endpoint.text = (endpoint.url.https ? "https://" : "http://") + endpoint.url.host_header + "/";
    return endpoint;
}

Result<std::optional<Endpoint>> FindCustomEndpoint(std::string_view in_code,
                                                   Environment const& environment,
                                                   ProfileFiles& files) {
    if (!in_code.empty()) return Custom(in_code, "code");
    if (IsTrue(environment.Get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))) return std::nullopt;
    for (std::string_view const name : {"AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"}) {
        if (auto const url = environment.GetNonEmpty(name)) return Custom(*url, name);
    }
    auto const set = files.Load();
    if (!set) return Fail(std::move(set.error()));
    std::string const profile = files.ProfileName();
    std::string const where = "profile " + Printable(profile, 100);
    if (auto const* const ignore = (*set)->Find(profile, "ignore_configured_endpoint_urls");
        ignore != nullptr && IsTrue(*ignore)) {
        return std::nullopt;
    }
    if (auto const url = ServicesEndpoint(**set, profile)) return Custom(*url, where);
    if (auto const* const url = (*set)->Find(profile, "endpoint_url")) return Custom(*url, where);
    return std::nullopt;
}

}  // namespace lddynamo::aws
