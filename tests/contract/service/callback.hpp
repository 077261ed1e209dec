/// @file
/// Callback: requests from the service back to the harness.
#pragma once

#include <lddynamo/http_transport.hpp>
#include <lddynamo/result.hpp>
#include <lddynamo/value.hpp>

#include <memory>
#include <string>

namespace lddynamo::contract {

/// POSTs to one URI of the harness, for as long as a hook, store or migration needs it.
/// @par Thread safety  All methods may be called from any thread at once.
class Callback {
  public:
    /// @param transport  shared with the other callbacks: they all go to one server.
    Callback(std::shared_ptr<HttpTransport> transport, std::string uri);

    /// @return the body of an answer that says 2xx.
    /// @retval ErrorCode::kService  another status.
    /// @retval others               as HttpTransport::Send.
    [[nodiscard]] Result<std::string> Post(std::string body, std::string const& content_type) const;
    /// The same with JSON, to the URI with `path` added.
    [[nodiscard]] Result<Value> PostJson(Value const& body, std::string const& path = {}) const;

  private:
    [[nodiscard]] Result<std::string> PostTo(std::string url, std::string body,
                                             std::string const& content_type) const;

    std::shared_ptr<HttpTransport> transport_;
    std::string uri_;
};

}  // namespace lddynamo::contract
