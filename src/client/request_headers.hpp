/// @file
/// What every request to LaunchDarkly carries, and the checks of what goes into it.
/// Layer: client.
///
/// The headers are those of every LaunchDarkly SDK.
#pragma once

#include <lddynamo/client_options.hpp>
#include <lddynamo/http_transport.hpp>
#include <lddynamo/result.hpp>
#include <lddynamo/secret.hpp>

#include <string>

namespace lddynamo::client {

/// @retval ErrorCode::kInvalidArgument  the key is empty, or has a character that is not printable
///                                      ASCII or is a space. The message never has the key.
[[nodiscard]] Status CheckSdkKey(Secret const& sdk_key);

/// Whether events are sent: see EventOptions::enabled.
[[nodiscard]] bool SendsEvents(ClientOptions const& options) noexcept;
/// Whether LaunchDarkly is asked for flags.
[[nodiscard]] bool AsksLaunchDarkly(ClientOptions const& options) noexcept;

/// Authorization, User-Agent, X-LaunchDarkly-Instance-Id, and X-LaunchDarkly-Tags and
/// X-LaunchDarkly-Wrapper where something is said about them. What cannot be sent of the latter two
/// is left out, and logged as a warning. Once a client: the instance id is new each time.
/// @param options  their SDK key has passed CheckSdkKey.
[[nodiscard]] HttpHeaders MakeRequestHeaders(ClientOptions const& options);

/// The key of the payload filter; empty when there is none, or one that LaunchDarkly does not take:
/// that one is logged as a warning.
[[nodiscard]] std::string CheckedPayloadFilter(ClientOptions const& options);

}  // namespace lddynamo::client
