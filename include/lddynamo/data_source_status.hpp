/// @file
/// DataSourceStatus: how a client's connection to LaunchDarkly is.
/// Layer: base.
///
/// The states are those of the Go SDK's interfaces.DataSourceStatus.
#pragma once

#include <lddynamo/result.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lddynamo {

enum class DataSourceState : std::uint8_t {
    kInitializing,  ///< No data yet; failures that may pass do not change that.
    kValid,         ///< The last thing heard of LaunchDarkly was good.
    kInterrupted,   ///< There were data before; now something fails that may pass.
    kOff,           ///< For good: closed, offline, or LaunchDarkly does not want to be asked.
};
/// "INITIALIZING", "VALID", "INTERRUPTED" or "OFF".
[[nodiscard]] std::string_view ToString(DataSourceState state) noexcept;

/// A copy of what was so at one moment.
struct DataSourceStatus {
    DataSourceState state = DataSourceState::kInitializing;
    std::chrono::system_clock::time_point since{};  ///< When `state` last changed.
    /// The last thing that failed, even if it has worked since. `http_status` tells an answer.
    std::optional<Error> last_error{};
};

}  // namespace lddynamo
