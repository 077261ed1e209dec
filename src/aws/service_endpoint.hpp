/// @file
/// Where an AWS service is: the settings that users of AWS SDKs know, and the rules of the regional
/// services.
/// Layer: aws. Source: docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html,
/// feature-endpoints.html; the services' endpoint-rule-set-1.json in botocore.
#pragma once

#include <lddynamo/environment.hpp>
#include <lddynamo/result.hpp>

#include "aws/endpoint.hpp"
#include "aws/profile_files.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace lddynamo::aws {

enum class Service : std::uint8_t { kDynamoDb, kSts, kSso, kSsoOidc };

/// What is said in code.
struct EndpointChoice {
    std::string_view url{};  ///< Empty: not said.
    std::optional<bool> use_fips{};
    std::optional<bool> use_dual_stack{};
};

/// What code, environment and profile say together.
struct EndpointSettings {
    std::optional<Endpoint> custom{};  ///< Its signing region is not set.
    bool use_fips = false;
    bool use_dual_stack = false;
};

/// The URL: code, AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's `services` section,
/// its `endpoint_url`; all but code's are off with AWS_IGNORE_CONFIGURED_ENDPOINT_URLS or the
/// profile's ignore_configured_endpoint_urls. FIPS and dual stack: code,
/// AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT, the profile's use_fips_endpoint and
/// use_dualstack_endpoint. When code or environment give a URL, the profile is asked about those
/// two only if it is loaded already or named: a start must not read files for them.
/// @retval ErrorCode::kInvalidArgument  a malformed URL; a flag neither true nor false.
/// @retval ErrorCode::kIo, kTooLarge    a profile file that a variable names cannot be read.
[[nodiscard]] Result<EndpointSettings> FindEndpointSettings(Service service,
                                                            EndpointChoice const& in_code,
                                                            Environment const& environment,
                                                            ProfileFiles& files);

/// The rules that all regional services share. STS, SSO and SSO OIDC have no others.
/// @param region  checked by CheckRegion.
/// @retval ErrorCode::kInvalidArgument  FIPS or dual stack together with a URL, or where the
///                                      partition has none; in AWS's words.
[[nodiscard]] Result<Endpoint> RegionalEndpoint(Service service, std::string_view region,
                                                EndpointSettings const& settings);

/// Both. For services other than DynamoDB, whose rules (dynamodb_endpoint.hpp) know more.
[[nodiscard]] Result<Endpoint> ResolveServiceEndpoint(Service service, std::string_view region,
                                                      EndpointChoice const& in_code,
                                                      Environment const& environment,
                                                      ProfileFiles& files);

}  // namespace lddynamo::aws
