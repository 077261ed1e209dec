/// @file
/// Where DynamoDB is.
/// Layer: aws. Source: docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
#pragma once

#include <lddynamo/environment.hpp>
#include <lddynamo/result.hpp>

#include "aws/profile_files.hpp"
#include "http/url.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace lddynamo::aws {

struct Endpoint {
    http::Url url{};     ///< Its target ends with '/'.
    std::string text{};  ///< The same as text, for HttpRequest::url.
    std::string signing_region{};
};

/// Reads a URL given by people.
/// @param where  for the message: "AWS_ENDPOINT_URL".
/// @retval ErrorCode::kInvalidArgument  no http or https URL, or one with a user name, a query or a
///                                      fragment. The message never repeats the URL.
[[nodiscard]] Result<Endpoint> ParseEndpoint(std::string_view url, std::string_view where);

/// AWS's own endpoint of a region. Region "local" is DynamoDB local's http://localhost:8000.
/// @param region  checked by CheckRegion.
[[nodiscard]] Endpoint AwsEndpoint(std::string_view region);

/// The URL that code, the environment or the profile gives; nullopt for AWS's own. Files are read
/// only when neither code nor the environment gives one.
[[nodiscard]] Result<std::optional<Endpoint>> FindCustomEndpoint(std::string_view in_code,
                                                                 Environment const& environment,
                                                                 ProfileFiles& files);

}  // namespace lddynamo::aws
