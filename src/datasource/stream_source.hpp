/// @file
/// MakeStreamSource: flag data by LaunchDarkly's stream.
/// Layer: datasource.
#pragma once

#include "base/random.hpp"
#include "datasource/data_source.hpp"
#include "http/transport_factory.hpp"

#include <lddynamo/clock.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace lddynamo::datasource {

struct StreamSourceOptions {
    std::string base_uri{};
    HttpHeaders headers{};  ///< Of every request: MakeServiceHeaders, and what else is wanted.
    std::string filter{};   ///< Key of a payload filter; empty: everything.
    http::TransportFactory make_transport{};
    std::chrono::milliseconds initial_reconnect_delay{1000};
    std::chrono::milliseconds read_timeout{300000};
    /// Go on asking, rarely, where LaunchDarkly does not want to be asked; else that is the end.
    bool retry_refused = false;
    Clock* clock = nullptr;  ///< nullptr: the machine's.
    base::RandomFraction random = base::RandomUnit;
    Logger logger{};
};

/// Opens `base_uri`/all and gives the sink what comes. Ends and errors of the connection, and data
/// that cannot be understood, lead to another one after a pause (ReconnectDelay).
/// @retval ErrorCode::kInvalidArgument  the URI or the filter cannot be sent.
[[nodiscard]] Result<std::unique_ptr<DataSource>> MakeStreamSource(StreamSourceOptions options);

}  // namespace lddynamo::datasource
