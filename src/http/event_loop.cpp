#include "http/event_loop.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <cstddef>

namespace lddynamo::http {
namespace {

constexpr std::chrono::seconds kKnownFor{2};

}  // namespace

EventLoop::EventLoop(ResolveFunction const& resolve)
    : context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE), resolve_(resolve) {
    // Asio opens its file descriptors with the first timer: here, where failing is expected.
    boost::asio::steady_timer const first(context);
}

std::unique_ptr<Connection> EventLoop::TakeIdle(Route const& route) {
    for (auto i = idle_.size(); i-- > 0;) {  // the last used first
        if (!idle_[i]->Serves(route)) continue;
        auto connection = std::move(idle_[i]);
        idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
        if (connection->IsQuiet()) return connection;
    }
    return nullptr;
}

void EventLoop::KeepIdle(std::unique_ptr<Connection> connection) {
    connection->idle_since = std::chrono::steady_clock::now();
    idle_.push_back(std::move(connection));
}

void EventLoop::CloseIdleSince(std::chrono::steady_clock::time_point time) {
    std::erase_if(idle_, [time](auto const& connection) { return connection->idle_since <= time; });
}

Result<std::vector<SocketAddress>> EventLoop::Addresses(Url const& url) {
    auto const authority = url.Authority();
    auto const now = std::chrono::steady_clock::now();
    std::erase_if(known_, [now](Known const& entry) { return entry.until <= now; });
    for (auto const& entry : known_) {
        if (entry.authority == authority) return entry.addresses;
    }
    auto addresses = resolve_(url.host, url.port);
    if (addresses) {
        known_.push_back({authority, std::chrono::steady_clock::now() + kKnownFor, *addresses});
    }
    return addresses;
}

void EventLoop::ForgetAddresses(Url const& url) {
    auto const authority = url.Authority();
    std::erase_if(known_, [&](Known const& entry) { return entry.authority == authority; });
}

}  // namespace lddynamo::http
