/// @file
/// Poller: asks LaunchDarkly for all flags and segments and reads the answer, without I/O.
/// Layer: datasource.
#pragma once

#include "datasource/data_document.hpp"
#include "datasource/service.hpp"

#include <lddynamo/http_transport.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace lddynamo::datasource {

inline constexpr std::string_view kDefaultPollUri = "https://sdk.launchdarkly.com";

struct PollerOptions {
    std::string base_uri{kDefaultPollUri};  ///< May have a path; a slash at its end is ignored.
    HttpHeaders headers{};  ///< Of every request: MakeServiceHeaders, and what else is wanted.
    std::string filter{};   ///< Key of a payload filter; empty: everything.
    std::chrono::milliseconds timeout{30000};                  ///< For one exchange.
    std::size_t max_answer_bytes = std::size_t{64} << 20U;     ///< As sent, maybe compressed.
    std::size_t max_document_bytes = std::size_t{256} << 20U;  ///< Uncompressed.
};

/// New data. Items keep their text byte for byte.
struct PolledData {
    DataDocument document{};
};
/// The same as the last PolledData.
struct PolledNothing {};
using PollOutcome = std::variant<PolledData, PolledNothing, ServiceFailure>;

/// @par Thread safety  None.
class Poller {
  public:
    /// @retval ErrorCode::kInvalidArgument  the URI or the filter cannot be sent.
    [[nodiscard]] static Result<Poller> Create(PollerOptions options);

    /// What to send. It is conditional once there was data with an ETag.
    [[nodiscard]] HttpRequest Request() const;
    /// Reads the answer to Request. An Error's `retryable` tells whether it may pass.
    [[nodiscard]] PollOutcome Read(Result<HttpResponse> const& answer);
    /// The next answer is to be data again, even if they are the same.
    void Forget() noexcept { etag_.clear(); }

  private:
    explicit Poller(PollerOptions options, std::string url)
        : options_(std::move(options)), url_(std::move(url)) {}
    [[nodiscard]] Result<DataDocument> ReadBody(HttpResponse const& answer) const;

    PollerOptions options_;
    std::string url_;
    std::string etag_{};
};

}  // namespace lddynamo::datasource
