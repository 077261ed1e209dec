/// @file
/// Client::Parts: everything that a Client owns, and how it starts and ends.
/// Layer: client.
#pragma once

#include "client/big_segments.hpp"
#include "client/core.hpp"
#include "client/data_path.hpp"
#include "client/hook_runner.hpp"
#include "client/source_status.hpp"
#include "datasource/data_source.hpp"
#include "events/event_sink.hpp"

#include <lddynamo/client.hpp>

#include <memory>
#include <string>

namespace lddynamo {

/// @par Thread safety  All methods may be called from any thread at once.
class Client::Parts {
  public:
    /// Makes and starts what checked options ask for.
    /// @retval ErrorCode::kInvalidArgument  an endpoint that is no URL.
    /// @retval ErrorCode::kInternal         no thread can be started.
    [[nodiscard]] static Result<std::unique_ptr<Parts>> Make(ClientOptions const& options);
    ~Parts() { Close(); }
    Parts(Parts const&) = delete;
    Parts& operator=(Parts const&) = delete;

    void Close() noexcept;

    [[nodiscard]] Core& GetCore() noexcept { return core_; }
    [[nodiscard]] client::HookRunner const& Hooks() const noexcept { return hooks_; }
    [[nodiscard]] client::SourceStatus& Status() noexcept { return *status_; }
    /// nullptr: none are to be sent.
    [[nodiscard]] events::EventSink* Events() noexcept { return events_.get(); }
    [[nodiscard]] client::BigSegments* BigSegments() noexcept { return big_segments_.get(); }
    [[nodiscard]] Logger const& Log() const noexcept { return logger_; }
    [[nodiscard]] Secret const& SdkKey() const noexcept { return sdk_key_; }
    /// Data come from a source of this client's, which may not have brought them yet.
    [[nodiscard]] bool HasSource() const noexcept { return source_ != nullptr; }

  private:
    Parts(ClientOptions const& options, Clock const& clock);
    [[nodiscard]] lddynamo::Status Start(ClientOptions const& options);

    Logger const logger_;
    Secret const sdk_key_;
    std::unique_ptr<client::BigSegments> big_segments_;
    Core core_;
    client::HookRunner hooks_;
    std::shared_ptr<client::SourceStatus> status_;  // shared with path_
    std::shared_ptr<client::DataPath> path_;        // shared with the source's thread
    std::unique_ptr<datasource::DataSource> source_;
    std::unique_ptr<events::EventSink> events_;
};

}  // namespace lddynamo
