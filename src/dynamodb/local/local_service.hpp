/// @file
/// LocalService: what `lddynamo local` serves: the in-memory service behind HTTP, with faults.
/// Layer: dynamodb (local service).
#pragma once

#include "dynamodb/local/data_file.hpp"
#include "dynamodb/local/faults.hpp"
#include "dynamodb/local/signature_check.hpp"
#include "dynamodb/memory/engine.hpp"
#include "http/http_server.hpp"

#include <lddynamo/clock.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lddynamo::dynamodb::local {

/// Where faults are read (GET) and set (POST), when that is allowed.
inline constexpr std::string_view kFaultPath = "/_lddynamo/faults";

struct LocalServiceOptions {
    FaultSettings faults{};
    bool fault_control = false;  ///< Serve kFaultPath.
    std::string data_file{};     ///< Where tables are kept; empty: nowhere.
    DataFileOptions data_file_options{};
    std::optional<SignatureCheck> signatures{};  ///< Of every operation; empty: none is checked.
    std::size_t max_table_bytes = std::size_t{4} << 30U;  ///< More rows are refused.
    /// Told what a user should read: a cut data file, a full disk.
    std::function<void(std::string const&)> on_note{};
    Clock* clock = nullptr;  ///< nullptr: the machine's.
};

/// Not thread-safe: requests come one after another.
class LocalService {
  public:
    /// @retval others  as DataFile::Open.
    [[nodiscard]] static Result<std::unique_ptr<LocalService>> Create(
        LocalServiceOptions options = {});

    [[nodiscard]] http::ServerAnswer Handle(http::ServerRequest const& request);
    /// HttpServerOptions::commit.
    [[nodiscard]] std::optional<HttpResponse> Commit();

  private:
    explicit LocalService(LocalServiceOptions options);
    void PassNotesOn();
    [[nodiscard]] std::chrono::system_clock::time_point Now() const;
    [[nodiscard]] HttpResponse Perform(std::string_view operation, Value const& parameters,
                                       std::size_t unprocessed);
    [[nodiscard]] http::ServerAnswer HandleOperation(http::ServerRequest const& request);
    [[nodiscard]] HttpResponse ControlFaults(http::ServerRequest const& request);

    LocalServiceOptions options_;
    Clock& clock_;
    FaultDice dice_;
    memory::Engine engine_{};
    std::unique_ptr<DataFile> data_file_{};  ///< nullptr: nothing is kept.
};

}  // namespace lddynamo::dynamodb::local
