/// @file
/// DynamoDB's endpoint rules.
/// Layer: aws. Source: dynamodb's endpoint-rule-set-1.json and its published test cases.
#pragma once

#include <lddynamo/aws.hpp>
#include <lddynamo/result.hpp>

#include "aws/service_endpoint.hpp"

#include <optional>
#include <string_view>

namespace lddynamo::aws {

/// What the account of an endpoint is taken from.
struct EndpointAccount {
    AccountIdEndpointMode mode = AccountIdEndpointMode::kDisabled;
    std::optional<std::string_view> account_id{};  ///< That of the credentials.
    std::string_view resource_arn{};               ///< The table, when it is given as an ARN.
};

/// @param region         checked by CheckRegion, or empty.
/// @param is_search      for SearchVectors alone.
/// @retval ErrorCode::kInvalidArgument  settings that exclude each other, or no account id where
///                                      one is required; in AWS's words.
[[nodiscard]] Result<Endpoint> DynamoDbEndpoint(std::string_view region,
                                                EndpointSettings const& settings,
                                                EndpointAccount const& account,
                                                bool is_search = false);

}  // namespace lddynamo::aws
