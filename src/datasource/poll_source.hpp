/// @file
/// MakePollSource: flag data by asking LaunchDarkly again and again.
/// Layer: datasource.
#pragma once

#include "base/random.hpp"
#include "datasource/data_source.hpp"
#include "datasource/poller.hpp"
#include "http/transport_factory.hpp"

#include <lddynamo/logger.hpp>

#include <chrono>
#include <memory>

namespace lddynamo::datasource {

/// LaunchDarkly does not want to be asked more often. Not enforced here: other servers may bear it.
inline constexpr std::chrono::seconds kMinPollInterval{30};

struct PollSourceOptions {
    http::TransportFactory make_transport{};
    std::chrono::milliseconds interval =
        kMinPollInterval;  ///< From the end of one poll to the next.
    /// Go on asking, rarely, where LaunchDarkly does not want to be asked; else that is the end.
    bool retry_refused = false;
    base::RandomFraction random = base::RandomUnit;
    Logger logger{};
};

/// Gives the sink all data whenever they are new. A poll that failed is repeated at the next
/// interval, as in the Go SDK.
[[nodiscard]] std::unique_ptr<DataSource> MakePollSource(Poller poller, PollSourceOptions options);

}  // namespace lddynamo::datasource
