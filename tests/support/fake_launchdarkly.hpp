/// @file
/// FakeLaunchDarkly: a local server that streams what a test wants, and keeps what events come.
#pragma once

#include "support/raw_server.hpp"

#include <lddynamo/client_options.hpp>
#include <lddynamo/value.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::test_support {

/// Each stream gets, from its first byte on, everything that was sent since the last Put. Events
/// are taken with 202. Thread-safe.
class FakeLaunchDarkly {
  public:
    FakeLaunchDarkly() : server_([this](RawPeer& peer, int) { Serve(peer); }) {}
    ~FakeLaunchDarkly() {
        std::scoped_lock const lock(mutex_);
        ended_ = true;
        changed_.notify_all();
    }
    FakeLaunchDarkly(FakeLaunchDarkly const&) = delete;
    FakeLaunchDarkly& operator=(FakeLaunchDarkly const&) = delete;

    void PointTo(ServiceEndpoints& endpoints) const {
        endpoints.streaming = endpoints.polling = endpoints.events = server_.Url("");
    }

    /// @param flags, segments  members of the two objects: `"f":{...},"g":{...}`.
    void Put(std::string_view flags, std::string_view segments = {}) {
        std::scoped_lock const lock(mutex_);
        sent_.push_back(Event("put", R"({"path":"/","data":{"flags":{)" + std::string(flags) +
                                         R"(},"segments":{)" + std::string(segments) + "}}}"));
        last_put_ = sent_.size() - 1;
        changed_.notify_all();
    }
    /// @param path  "/flags/f".
    void Patch(std::string_view path, std::string_view item) {
        Send("patch",
             R"({"path":")" + std::string(path) + R"(","data":)" + std::string(item) + "}");
    }
    void Delete(std::string_view path, int version) {
        Send("delete", R"({"path":")" + std::string(path) + R"(","version":)" +
                           std::to_string(version) + "}");
    }

    /// Streams that were opened so far.
    [[nodiscard]] int Streams() const {
        std::scoped_lock const lock(mutex_);
        return streams_;
    }
    [[nodiscard]] bool AwaitStreams(int count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kLong, [&] { return streams_ >= count; });
    }
    /// All events so far, of all deliveries.
    [[nodiscard]] std::vector<Value> Events() const {
        std::scoped_lock const lock(mutex_);
        return events_;
    }
    [[nodiscard]] int Connections() const { return server_.Connections(); }

  private:
    static constexpr std::chrono::seconds kLong{20};

    static std::string Event(std::string_view name, std::string_view data) {
        return "event: " + std::string(name) + "\ndata: " + std::string(data) + "\n\n";
    }
    void Send(std::string_view name, std::string_view data) {
        std::scoped_lock const lock(mutex_);
        sent_.push_back(Event(name, data));
        changed_.notify_all();
    }
    void Serve(RawPeer& peer) {
        for (;;) {
            std::string const request = peer.ReadRequest();
            if (request.empty()) return;
            if (request.starts_with("GET ")) return Stream(peer);
            auto const body = Value::Parse(request.substr(request.find("\r\n\r\n") + 4));
            if (request.starts_with("POST /bulk") && body) {
                std::scoped_lock const lock(mutex_);
                for (auto const& event : body->AsArray()) events_.push_back(event);
            }
            if (!peer.Send("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")) return;
        }
    }
    void Stream(RawPeer& peer) {
        std::unique_lock lock(mutex_);
        ++streams_;
        changed_.notify_all();
        std::string bytes =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Ld-Envid: environment\r\n\r\n";
        for (std::size_t next = last_put_;; bytes.clear()) {
            for (; next < sent_.size(); ++next) bytes += sent_[next];
            lock.unlock();
            if (!peer.Send(bytes)) return;
            lock.lock();
            changed_.wait(lock, [&] { return ended_ || next < sent_.size(); });
            if (ended_) return;
        }
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by mutex_:
    std::vector<std::string> sent_;
    std::size_t last_put_ = 0;
    int streams_ = 0;
    std::vector<Value> events_;
    bool ended_ = false;
    RawServer server_;  // ends first: its threads use the rest
};

}  // namespace lddynamo::test_support
