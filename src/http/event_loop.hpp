/// @file
/// EventLoop: an io_context and what belongs to it. A call borrows one, so no thread is ever
/// needed. Layer: http.
#pragma once

#include "http/connection.hpp"
#include "http/resolver.hpp"
#include "http/url.hpp"

#include <lddynamo/logger.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace lddynamo::http {

/// @par Thread safety  One thread at a time, which may change between calls.
class EventLoop {
  public:
    static constexpr std::size_t kScratchBytes = 64U << 10U;

    /// @param resolve  outlives the loop.
    /// May throw boost::system::system_error when the system is out of file descriptors.
    explicit EventLoop(ResolveFunction const& resolve);

    /// A kept connection that may carry a request that goes this way; nullptr when there is none.
    [[nodiscard]] std::unique_ptr<Connection> TakeIdle(Route const& route);
    void KeepIdle(std::unique_ptr<Connection> connection);
    void CloseIdleSince(std::chrono::steady_clock::time_point time);

    /// As Resolve; answers are kept for a moment, so that parallel requests ask once.
    [[nodiscard]] Result<std::vector<SocketAddress>> Addresses(Url const& url);
    void ForgetAddresses(Url const& url);

    /// Where answers are received. Not kept between two events.
    [[nodiscard]] char* Scratch() {
        if (!scratch_) scratch_.reset(new char[kScratchBytes]);  // not cleared: pages cost time
        return scratch_.get();
    }

    boost::asio::io_context context;
    std::chrono::steady_clock::time_point last_used{};

  private:
    struct Known {
        std::string authority{};
        std::chrono::steady_clock::time_point until{};
        std::vector<SocketAddress> addresses{};
    };
    std::vector<std::unique_ptr<Connection>> idle_;  // after context: must end before it
    ResolveFunction const& resolve_;
    std::vector<Known> known_;
    std::unique_ptr<char[]> scratch_;
};

}  // namespace lddynamo::http
