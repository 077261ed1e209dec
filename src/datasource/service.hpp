/// @file
/// What every request for flag data to LaunchDarkly has in common.
/// Layer: datasource.
#pragma once

#include <lddynamo/http_transport.hpp>
#include <lddynamo/result.hpp>
#include <lddynamo/secret.hpp>

#include <string>
#include <string_view>

namespace lddynamo::datasource {

/// Whether LaunchDarkly takes `filter` as the key of a payload filter.
[[nodiscard]] bool IsFilterKey(std::string_view filter) noexcept;

/// Authorization and User-Agent.
/// @retval ErrorCode::kInvalidArgument  no key, or one that cannot be sent. The message never has
///                                      it.
[[nodiscard]] Result<HttpHeaders> MakeServiceHeaders(Secret const& sdk_key);

/// @param base    may have a path; slashes at its end are ignored.
/// @param path    "/all", ...
/// @param filter  key of a payload filter; empty: everything.
/// @retval ErrorCode::kInvalidArgument  what is wrong with `base` or `filter`.
[[nodiscard]] Result<std::string> MakeServiceUrl(std::string base, std::string_view path,
                                                 std::string_view filter);

/// Why a request brought no data.
struct ServiceFailure {
    Error error{};
    /// LaunchDarkly does not want to be asked again: all of 4xx but 400, 408 and 429.
    bool permanent = false;
};
/// @param status  any but a success.
[[nodiscard]] ServiceFailure ReadRefusal(int status);
/// The request did not reach LaunchDarkly, or the answer not us.
[[nodiscard]] ServiceFailure ReadTransportError(Error error);

/// Header of all answers: LaunchDarkly's name for the environment.
inline constexpr std::string_view kEnvironmentIdHeader = "X-Ld-Envid";

}  // namespace lddynamo::datasource
