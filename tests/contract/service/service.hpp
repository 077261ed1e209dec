/// @file
/// Service: the test service that LaunchDarkly's sdk-test-harness drives our client by.
/// Source: docs/service_spec.md of github.com/launchdarkly/sdk-test-harness, v2.41.0.
#pragma once

#include "http/http_server.hpp"

#include "configuration.hpp"

#include <lddynamo/client.hpp>
#include <lddynamo/http_transport.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace lddynamo::contract {

struct ServiceOptions {
    /// Shows that a client which LaunchDarkly refuses asks again, slowly, where the harness
    /// otherwise wants to see that it stops.
    bool retry_conformance = false;
    Logger logger{};               ///< For the clients.
    std::function<void()> stop{};  ///< Called when the harness says that it is done.
};

/// Answers requests one after another: the harness sends the next one when it has the answer. What
/// a client asks of the harness meanwhile goes the other way, to a server of the harness's own.
/// @par Thread safety  None.
class Service {
  public:
    explicit Service(ServiceOptions options);
    [[nodiscard]] HttpResponse Handle(http::ServerRequest const& request);

  private:
    [[nodiscard]] HttpResponse Status() const;
    [[nodiscard]] HttpResponse CreateClient(std::string_view body);
    [[nodiscard]] HttpResponse HandleClient(http::ServerRequest const& request,
                                            std::string_view number);

    ServiceOptions const options_;
    std::shared_ptr<HttpTransport> const callbacks_;
    std::map<std::string, std::unique_ptr<Client>, std::less<>> clients_;  ///< By their number.
    std::uint64_t last_client_ = 0;
};

}  // namespace lddynamo::contract
