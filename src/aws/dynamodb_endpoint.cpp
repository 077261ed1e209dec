#include "aws/dynamodb_endpoint.hpp"

#include "aws/partitions.hpp"
#include "aws/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace lddynamo::aws {
namespace {

constexpr std::string_view kDualStackNeedsFlag =
    "Endpoint override is not supported for dual-stack endpoints. Please enable dual-stack "
    "functionality by enabling the configuration. For more details, see: "
    "https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html";

tl::unexpected<Error> Invalid(std::string_view message) {
    return Fail(ErrorCode::kInvalidArgument, std::string(message));
}

/// RFC 1123, as AWS's rules mean it.
bool IsHostLabel(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 63 && IsAlphanumeric(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return IsAlphanumeric(c) || c == '-'; });
}

/// The account of a DynamoDB ARN in `region`: arn:partition:dynamodb:region:account:resource.
std::optional<std::string_view> AccountOfArn(std::string_view arn, std::string_view region) {
    std::array<std::string_view, 6> parts;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        std::size_t const end = i + 1 < parts.size() ? arn.find(':') : std::string_view::npos;
        if (i + 1 < parts.size() && end == std::string_view::npos) return std::nullopt;
        parts[i] = arn.substr(0, end);
        arn.remove_prefix(end == std::string_view::npos ? arn.size() : end + 1);
    }
    auto const& [prefix, partition, service, arn_region, account, resource] = parts;
    if (prefix != "arn" || partition.empty() || resource.empty() || service != "dynamodb" ||
        arn_region != region || !IsHostLabel(arn_region) || !IsHostLabel(account)) {
        return std::nullopt;
    }
    return account;
}

Endpoint LocalEndpoint() {
    Endpoint endpoint;
    endpoint.url.host = "localhost";
    endpoint.url.port = 8000;
    endpoint.url.host_header = "localhost:8000";
    endpoint.url.target = "/";
    endpoint.text = "http://localhost:8000/";
    endpoint.signing_region = "us-east-1";
    return endpoint;
}

/// The account that goes into the host name; nullopt: none does.
Result<std::optional<std::string_view>> AccountLabel(std::string_view region,
                                                     EndpointSettings const& settings,
                                                     EndpointAccount const& account) {
    bool const is_required = account.mode == AccountIdEndpointMode::kRequired;
    if (settings.use_fips) {
        if (!is_required) return std::nullopt;
        return Invalid(
            "Invalid Configuration: AccountIdEndpointMode is required and FIPS is enabled, but "
            "FIPS account endpoints are not supported");
    }
    if (account.mode == AccountIdEndpointMode::kDisabled) return std::nullopt;
    if (FindPartition(region).name != "aws") {
        if (!is_required) return std::nullopt;
        return Invalid(
            "Invalid Configuration: AccountIdEndpointMode is required but account endpoints are "
            "not supported in this partition");
    }
    if (auto const of_arn = AccountOfArn(account.resource_arn, region)) return of_arn;
    if (account.account_id) {
        if (IsHostLabel(*account.account_id)) return account.account_id;
        return Invalid("Credentials-sourced account ID parameter is invalid");
    }
    if (!is_required) return std::nullopt;
    return Invalid(
        "AccountIdEndpointMode is required but no AccountID was provided or able to be loaded");
}

}  // namespace

Result<Endpoint> DynamoDbEndpoint(std::string_view region, EndpointSettings const& settings,
                                  EndpointAccount const& account, bool is_search) {
    if (settings.custom) {
        auto endpoint = RegionalEndpoint(Service::kDynamoDb, region, settings);
        if (!endpoint || region.empty()) return endpoint;
        std::string dual_stack("dynamodb.");
        dual_stack.append(region).append(".").append(FindPartition(region).dual_stack_dns_suffix);
        std::string const& authority = settings.custom->url.host_header;
        if (authority == dual_stack || authority == "search-" + dual_stack) {
            return Invalid(kDualStackNeedsFlag);
        }
        return endpoint;
    }
    if (region.empty()) return Invalid("Invalid Configuration: Missing Region");
    if (region == "local") {
        if (settings.use_fips) {
            return Invalid("Invalid Configuration: FIPS and local endpoint are not supported");
        }
        if (settings.use_dual_stack) {
            return Invalid("Invalid Configuration: Dualstack and local endpoint are not supported");
        }
        return LocalEndpoint();
    }
    auto const label = AccountLabel(region, settings, account);
    if (!label) return Fail(label.error());
    std::string host;
    if (*label) {
        Partition const& partition = FindPartition(region);
        host.append(**label).append(is_search ? ".search-ddb." : ".ddb.").append(region);
        host += '.';
        host += settings.use_dual_stack ? partition.dual_stack_dns_suffix : partition.dns_suffix;
        return HttpsEndpoint(std::move(host), region);
    }
    auto endpoint = RegionalEndpoint(Service::kDynamoDb, region, settings);
    if (endpoint && is_search) return HttpsEndpoint("search-" + endpoint->url.host, region);
    return endpoint;
}

}  // namespace lddynamo::aws
