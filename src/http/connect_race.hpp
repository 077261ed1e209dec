/// @file
/// ConnectRace: connects to the first of several addresses that takes a connection.
/// Layer: http. Source: RFC 8305 ("happy eyeballs"), without its separate DNS queries.
#pragma once

#include "http/connection.hpp"
#include "http/resolver.hpp"

#include <lddynamo/result.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace lddynamo::http {

/// The addresses in turn, IPv6 and IPv4 alternating; at most kMaxAddresses of them.
[[nodiscard]] std::vector<SocketAddress> Interleave(std::vector<SocketAddress> addresses);
inline constexpr std::size_t kMaxAddresses = 16;

/// Tries the first address, and the next whenever one fails or kStagger is over without an answer:
/// attempts under way go on, so an address that swallows everything costs no more than that. Made
/// and started once; lives until it is done or cancelled.
/// @par Thread safety  None; runs on the loop's thread.
class ConnectRace final : public std::enable_shared_from_this<ConnectRace> {
  public:
    using Clock = std::chrono::steady_clock;
    using Done = std::function<void(Result<std::unique_ptr<Connection>>)>;
    static constexpr std::chrono::milliseconds kStagger{250};

    /// @param deadline  every address is tried before; the caller ends the race then.
    /// @param done      called at most once, maybe within Start.
    ConnectRace(boost::asio::io_context& context, Route route, TlsContext* tls,
                std::vector<SocketAddress> addresses, Clock::time_point deadline, Done done);
    void Start();
    /// Drops all attempts; `done` is not called any more.
    void Cancel();

  private:
    struct Attempt {
        std::uint64_t number = 0;
        std::unique_ptr<Connection> connection{};
    };
    void TryNext();
    void ScheduleNext();
    void OnReady(std::uint64_t number);
    void NoteFailure(Connection const& connection);
    void Finish(Result<std::unique_ptr<Connection>> result);

    boost::asio::io_context& context_;
    Route const route_;
    TlsContext* const tls_;
    std::vector<SocketAddress> addresses_;  ///< Those not tried yet, the next one last.
    Clock::time_point const deadline_;
    Done done_;
    boost::asio::steady_timer stagger_;
    std::vector<Attempt> attempts_;
    std::uint64_t last_number_ = 0;
    Error first_failure_;
};

}  // namespace lddynamo::http
