/// @file
/// LocalService: what `lddynamo local` serves: the in-memory service behind HTTP, with faults.
/// Layer: dynamodb (local service).
#pragma once

#include "dynamodb/local/faults.hpp"
#include "dynamodb/memory/engine.hpp"
#include "http/http_server.hpp"

#include <lddynamo/clock.hpp>

#include <string_view>

namespace lddynamo::dynamodb::local {

/// Where faults are read (GET) and set (POST), when that is allowed.
inline constexpr std::string_view kFaultPath = "/_lddynamo/faults";

struct LocalServiceOptions {
    FaultSettings faults{};
    bool fault_control = false;  ///< Serve kFaultPath.
    Clock* clock = nullptr;      ///< nullptr: the machine's.
};

/// Not thread-safe: requests come one after another.
class LocalService {
  public:
    explicit LocalService(LocalServiceOptions options = {});

    [[nodiscard]] http::ServerAnswer Handle(http::ServerRequest const& request);

  private:
    [[nodiscard]] http::ServerAnswer HandleOperation(http::ServerRequest const& request);
    [[nodiscard]] HttpResponse ControlFaults(http::ServerRequest const& request);

    LocalServiceOptions options_;
    Clock& clock_;
    FaultDice dice_;
    memory::Engine engine_{};
};

}  // namespace lddynamo::dynamodb::local
