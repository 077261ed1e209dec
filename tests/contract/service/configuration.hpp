/// @file
/// Configuration: what the harness asks a client to be like.
#pragma once

#include "fields.hpp"

#include <lddynamo/client_options.hpp>
#include <lddynamo/http_transport.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <memory>

namespace lddynamo::contract {

/// What a configuration does not say.
struct Surroundings {
    std::shared_ptr<HttpTransport> callbacks{};  ///< To the harness.
    RefusedPolicy refused = RefusedPolicy::kStop;
    Logger logger{};
};

struct Configuration {
    ClientOptions options{};
    std::chrono::milliseconds start_wait{5000};
};

/// @param configuration  the member of that name of the harness's request.
/// @retval ErrorCode::kInvalidArgument  it cannot be understood; the message says what in it.
[[nodiscard]] Result<Configuration> ReadConfiguration(Fields const& configuration,
                                                      Surroundings const& surroundings);

}  // namespace lddynamo::contract
