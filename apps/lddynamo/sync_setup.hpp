/// @file
/// What both ways to sync need to ask LaunchDarkly.
#pragma once

#include "lddynamo/session.hpp"

#include <lddynamo/http_transport.hpp>
#include <lddynamo/result.hpp>

#include <stop_token>

namespace lddynamo::app {

/// With the SDK key of the environment or of a file, never of an argument: those can be seen by
/// everyone on a machine.
/// @retval ErrorCode::kInvalidArgument  there is none, or one that cannot be sent.
[[nodiscard]] Result<HttpHeaders> MakeSyncHeaders(SyncArguments const& arguments);
[[nodiscard]] HttpTransportOptions SyncTransport(Session const& session, std::stop_token stop);

/// Follows LaunchDarkly's stream.
[[nodiscard]] int RunSyncByStream(Session const& session);

}  // namespace lddynamo::app
