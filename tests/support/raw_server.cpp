#include "support/raw_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace lddynamo::test_support {
namespace {

std::uint16_t BindLoopback(int fd, bool ipv6) {
    sockaddr_storage storage{};
    socklen_t length = 0;
    if (ipv6) {
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        address.sin6_addr = in6addr_loopback;
        length = sizeof address;
        std::memcpy(&storage, &address, length);
    } else {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        length = sizeof address;
        std::memcpy(&storage, &address, length);
    }
    if (::bind(fd, reinterpret_cast<sockaddr*>(&storage), length) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length) != 0) {
        ::close(fd);
        throw std::runtime_error("cannot bind");
    }
    // The port is at the same place in both.
    return ntohs(reinterpret_cast<sockaddr_in*>(&storage)->sin_port);
}

}  // namespace

std::string RawPeer::ReadRequest() {
    for (;;) {
        auto const end = buffer_.find("\r\n\r\n");
        if (end != std::string::npos) {
            std::size_t length = end + 4;
            auto const field = buffer_.find("Content-Length: ");
            if (field < end) length += std::strtoul(buffer_.c_str() + field + 16, nullptr, 10);
            if (buffer_.size() >= length) {
                std::string request = buffer_.substr(0, length);
                buffer_.erase(0, length);
                return request;
            }
        }
        char bytes[4096];
        ssize_t const count = ::recv(fd_, bytes, sizeof bytes, 0);
        if (count <= 0) return {};
        buffer_.append(bytes, static_cast<std::size_t>(count));
    }
}

void RawPeer::WaitForClose() {
    char bytes[4096];
    while (::recv(fd_, bytes, sizeof bytes, 0) > 0) {
    }
}

bool RawPeer::Send(std::string_view bytes) {
    while (!bytes.empty()) {
        ssize_t const count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

bool RawPeer::Answer(std::string_view body) {
    return Send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                std::string(body));
}

void RawPeer::Reset() {
    linger const now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

RawServer::RawServer(Behaviour behaviour, bool ipv6)
    : behaviour_(std::move(behaviour)), ipv6_(ipv6) {
    listener_ = ::socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener_ < 0) throw std::runtime_error("no socket");
    port_ = BindLoopback(listener_, ipv6);
    ::listen(listener_, 128);
    acceptor_ = std::thread([this] { AcceptAll(); });
}

RawServer::~RawServer() {
    {
        std::scoped_lock const lock(mutex_);
        stopped_ = true;
        ::shutdown(listener_, SHUT_RDWR);
        for (int const fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    acceptor_.join();
    for (auto& peer : peers_) peer.join();
    ::close(listener_);
}

void RawServer::AcceptAll() {
    for (;;) {
        int const fd = ::accept(listener_, nullptr, nullptr);
        if (fd < 0) return;
        int number = 0;
        {
            std::scoped_lock const lock(mutex_);
            if (stopped_) {
                ::close(fd);
                return;
            }
            number = connections_++;
            open_.push_back(fd);
        }
        peers_.emplace_back([this, fd, number] {
            RawPeer peer(fd);
            behaviour_(peer, number);
            std::scoped_lock const lock(mutex_);
            open_.remove(fd);
            ::close(fd);
        });
    }
}

std::string RawServer::Url(std::string_view path) const {
    return std::string(ipv6_ ? "http://[::1]:" : "http://127.0.0.1:") + std::to_string(port_) +
           std::string(path);
}

std::string RawServer::HttpsUrl(std::string_view host) const {
    return "https://" + std::string(host) + ":" + std::to_string(port_) + "/";
}

int RawServer::Connections() const {
    std::scoped_lock const lock(mutex_);
    return connections_;
}

std::uint16_t FreePort() {
    int const fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto const port = BindLoopback(fd, false);
    ::close(fd);
    return port;
}

}  // namespace lddynamo::test_support
