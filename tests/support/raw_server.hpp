/// @file
/// RawServer: a TCP server whose behaviour each test writes itself, byte by byte.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace lddynamo::test_support {

/// One accepted connection, in a thread of its own. Ends when the behaviour returns.
class RawPeer {
  public:
    explicit RawPeer(int fd) noexcept : fd_(fd) {}
    /// The next request, head and body; "" when the client is gone.
    [[nodiscard]] std::string ReadRequest();
    /// Everything until the client closes; gives up silently when the server stops.
    void WaitForClose();
    /// False when the client is gone.
    bool Send(std::string_view bytes);
    /// A whole 200 answer with this body.
    bool Answer(std::string_view body);
    /// Closes with a reset instead of a farewell.
    void Reset();
    [[nodiscard]] int Fd() const noexcept { return fd_; }

  private:
    int fd_;
    std::string buffer_;
};

/// Listens on a free port of 127.0.0.1 (or of ::1).
class RawServer {
  public:
    /// @param number  0 for the first connection, and so on.
    using Behaviour = std::function<void(RawPeer& peer, int number)>;
    explicit RawServer(Behaviour behaviour, bool ipv6 = false);
    ~RawServer();
    RawServer(RawServer const&) = delete;
    RawServer& operator=(RawServer const&) = delete;

    [[nodiscard]] std::uint16_t Port() const noexcept { return port_; }
    [[nodiscard]] std::string Url(std::string_view path = "/") const;
    [[nodiscard]] std::string HttpsUrl(std::string_view host = "127.0.0.1") const;
    [[nodiscard]] int Connections() const;

  private:
    void AcceptAll();

    Behaviour behaviour_;
    bool const ipv6_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    bool stopped_ = false;          // guarded by mutex_
    int connections_ = 0;           // guarded by mutex_
    std::list<int> open_;           // guarded by mutex_
    std::list<std::thread> peers_;  // only touched by the accepting thread until it ends
    std::thread acceptor_;
};

/// A port of 127.0.0.1 on which nobody listens.
[[nodiscard]] std::uint16_t FreePort();

}  // namespace lddynamo::test_support
