/// @file
/// StopSignal: wakes an event loop when a stop is asked for on another thread.
/// Layer: http.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <optional>
#include <stop_token>
#include <utility>

namespace lddynamo::http {

/// The loops of a transport know no locks, so nothing may be posted to them from elsewhere: what
/// wakes them is an eventfd. Opens nothing for a token that can never be stopped.
/// @par Thread safety  Lives on the loop's thread; the token may be stopped on any.
class StopSignal {
  public:
    StopSignal(boost::asio::io_context& context, std::stop_token const& token);
    StopSignal(StopSignal const&) = delete;
    StopSignal& operator=(StopSignal const&) = delete;
    ~StopSignal() = default;

    /// False: there is nothing to wait for.
    [[nodiscard]] bool IsOpen() const noexcept { return descriptor_.is_open(); }
    /// Calls `handler(error_code)` once a stop was asked for, or with an error after Close.
    template <class Handler>
    void Wait(Handler&& handler) {
        descriptor_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                               std::forward<Handler>(handler));
    }
    void Close();

  private:
    struct Wake {
        int fd;
        void operator()() const noexcept;
    };
    boost::asio::posix::stream_descriptor descriptor_;
    std::optional<std::stop_callback<Wake>> callback_;  // last: it uses the descriptor
};

}  // namespace lddynamo::http
