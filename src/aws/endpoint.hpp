/// @file
/// Endpoint: where requests go, and what they are signed for.
/// Layer: aws.
#pragma once

#include <lddynamo/result.hpp>

#include "http/url.hpp"

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

/// https://host/ @param host  a valid host name.
[[nodiscard]] Endpoint HttpsEndpoint(std::string host, std::string_view signing_region);

}  // namespace lddynamo::aws
