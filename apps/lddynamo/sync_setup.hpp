/// @file
/// MakeSyncSource: what `sync` follows, as its arguments say.
#pragma once

#include "lddynamo/session.hpp"

#include "datasource/data_source.hpp"

#include <lddynamo/result.hpp>

#include <memory>

namespace lddynamo::app {

/// LaunchDarkly's stream, or its polling. With the SDK key of the environment or of a file, never
/// of an argument: those can be seen by everyone on a machine.
/// @retval ErrorCode::kInvalidArgument  there is no key, or one that cannot be sent; a URI or a
/// filter that cannot be.
[[nodiscard]] Result<std::unique_ptr<datasource::DataSource>> MakeSyncSource(
    Session const& session);

}  // namespace lddynamo::app
