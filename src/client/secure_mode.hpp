/// @file
/// SecureModeHash: proves to LaunchDarkly's JavaScript SDK that a server vouches for a context.
/// Layer: client.
///
/// docs.launchdarkly.com/sdk/features/secure-mode
#pragma once

#include <lddynamo/context.hpp>
#include <lddynamo/secret.hpp>

#include <string>

namespace lddynamo::client {

/// HMAC-SHA-256 of the context's fully qualified key, by the SDK key: 64 hexadecimal digits in
/// lower case.
[[nodiscard]] std::string SecureModeHash(Secret const& sdk_key, Context const& context);

}  // namespace lddynamo::client
