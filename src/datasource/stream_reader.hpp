/// @file
/// StreamReader: one connection of LaunchDarkly's stream, as it comes in, into a DataSink.
/// Layer: datasource.
#pragma once

#include "datasource/data_source.hpp"
#include "http/sse_parser.hpp"

#include <lddynamo/clock.hpp>
#include <lddynamo/http_transport.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>

namespace lddynamo::datasource {

/// Events of one connection, first version of the protocol. Data that cannot be understood end it.
/// @par Thread safety  As HttpBodyReceiver; the other methods after the exchange.
class StreamReader final : public HttpBodyReceiver {
  public:
    /// An event of more is an error: LaunchDarkly's largest environments have a tenth of it.
    static constexpr std::size_t kMaxEventBytes = std::size_t{256} << 20U;

    StreamReader(std::shared_ptr<DataSink> sink, std::stop_token stop, Clock const& clock,
                 Logger logger);

    [[nodiscard]] bool OnHead(HttpResponse const& head) override;
    [[nodiscard]] bool OnBody(std::string_view bytes) override;

    /// Why this ended the connection; empty: it did not, the server or the network did.
    [[nodiscard]] std::optional<Error> const& BadData() const noexcept { return bad_data_; }
    /// The exchange has ended: tells the sink if it brought nothing at all.
    void Ended();
    /// How long the connection had been open until now.
    [[nodiscard]] std::chrono::milliseconds OpenFor() const;
    /// What the stream asked the pause before the next one to be.
    [[nodiscard]] std::optional<std::chrono::milliseconds> Retry() const noexcept {
        return parser_.Retry();
    }

  private:
    void OnEvent(http::SseEvent const& event);
    void TellInit(bool failed);

    std::shared_ptr<DataSink> sink_;  // shared with the data source
    std::stop_token stop_;
    Clock const& clock_;
    Logger logger_;
    http::SseParser parser_{kMaxEventBytes};
    std::chrono::system_clock::time_point const started_;
    std::chrono::steady_clock::time_point const steady_start_;
    bool told_init_ = false;
    std::optional<std::chrono::steady_clock::time_point> opened_{};
    std::optional<Error> bad_data_{};
};

}  // namespace lddynamo::datasource
