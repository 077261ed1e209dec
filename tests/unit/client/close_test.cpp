// Clients that are closed at any moment, while whatever they use hangs, fails or floods.
#include "client_fixture.hpp"

#include "support/raw_server.hpp"
#include "support/scripted_big_segments.hpp"
#include "support/scripted_store.hpp"

#include <atomic>
#include <functional>
#include <random>

namespace lddynamo {
namespace {

using test_support::RawPeer;
using test_support::RawServer;
using test_support::ScriptedBigSegments;
using test_support::ScriptedStore;
using SteadyClock = std::chrono::steady_clock;

/// A second is promised; sanitizers and busy machines take longer.
constexpr std::chrono::seconds kSoon{5};

constexpr std::string_view kHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

std::string PutOf(int version) {
    return "event: put\ndata: {\"path\":\"/\",\"data\":{\"flags\":{\"f\":" +
           FlagJson("f", version, "\"a\"", RuleFor({"big"})) + "},\"segments\":{\"big\":" +
           SegmentJson("big", version, "x", R"(,"unbounded":true,"generation":1)") + "}}}\n\n";
}

/// A stream that begins with a put and brings nothing more, and events that are taken.
void Serve(RawPeer& peer, int /*number*/) {
    for (;;) {
        std::string const request = peer.ReadRequest();
        if (request.empty()) return;
        if (request.starts_with("GET")) break;
        if (!peer.Send("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")) return;
    }
    peer.Send(std::string(kHead) + PutOf(1));
    peer.WaitForClose();
}

class CloseTest : public ::testing::Test {
  protected:
    ~CloseTest() override {
        // Whatever was left hanging ends, and lets go of what it uses.
        for (auto const& store : stores_) store->OpenGates();
        for (auto const& store : big_stores_) store->OpenGate();
    }

    [[nodiscard]] ClientOptions Options(RawServer const& server) {
        ClientOptions options;
        options.sdk_key = Secret("sdk-key");
        options.endpoints.streaming = server.Url("");
        options.endpoints.polling = server.Url("");
        options.endpoints.events = server.Url("");
        options.data_source =
            StreamingOptions{.initial_reconnect_delay = std::chrono::milliseconds(1)};
        options.logger = Logger(std::make_shared<test_support::CapturingSink>());
        return options;
    }
    [[nodiscard]] std::shared_ptr<ScriptedStore> StoreThatHangsIn(std::string_view method) {
        auto store = std::make_shared<ScriptedStore>();
        store->CloseGate(method);
        stores_.push_back(store);
        return store;
    }
    [[nodiscard]] std::shared_ptr<ScriptedBigSegments> HangingBigSegments() {
        auto store = std::make_shared<ScriptedBigSegments>();
        store->CloseGate();
        big_stores_.push_back(store);
        return store;
    }

    /// Makes a client, lets others evaluate, and closes it after up to `longest`.
    void CloseAtSomeMoment(ClientOptions options, std::chrono::microseconds longest,
                           bool evaluate = true) {
        auto made = Client::Create(std::move(options));
        ASSERT_TRUE(made.has_value());
        Client& client = **made;
        std::atomic<bool> stop{false};
        std::vector<std::thread> threads;
        if (evaluate) {
            for (int i = 0; i < 2; ++i) {
                threads.emplace_back([&] {
                    Context const bob = *Context::User("bob");
                    while (!stop) {
                        (void)client.StringVariation("f", bob, "default");
                        (void)client.AllFlags(bob);
                        client.Track("event", bob);
                        (void)client.GetDataSourceStatus();
                        std::this_thread::yield();
                    }
                });
            }
        }
        std::uniform_int_distribution<std::int64_t> pause(0, longest.count());
        std::this_thread::sleep_for(std::chrono::microseconds(pause(random_)));
        auto const start = SteadyClock::now();
        std::thread second([&] { client.Close(); });
        client.Close();
        second.join();
        auto const took = SteadyClock::now() - start;
        EXPECT_LT(took, kSoon);
        longest_ = std::max(longest_, std::chrono::duration_cast<std::chrono::milliseconds>(took));
        stop = true;
        // An evaluation may wait for its store: that is the caller's thread, and the caller's
        // store.
        for (auto const& store : stores_) store->OpenGates();
        for (auto const& store : big_stores_) store->OpenGate();
        for (auto& thread : threads) thread.join();
        EXPECT_EQ(client.GetDataSourceStatus().state, DataSourceState::kOff);
        stores_.clear();
        big_stores_.clear();
    }
    void Report() { RecordProperty("longest_close_ms", static_cast<int>(longest_.count())); }

    std::mt19937 random_{1};
    std::vector<std::shared_ptr<ScriptedStore>> stores_;
    std::vector<std::shared_ptr<ScriptedBigSegments>> big_stores_;
    std::chrono::milliseconds longest_{0};
};

TEST_F(CloseTest, StreamThatNeverEnds) {
    RawServer server(Serve);
    for (int i = 0; i < 150; ++i) CloseAtSomeMoment(Options(server), std::chrono::milliseconds(5));
    Report();
}

TEST_F(CloseTest, ServerThatRefusesOrResets) {
    RawServer server([](RawPeer& peer, int number) {
        if (number % 3 == 0) {
            (void)peer.ReadRequest();
            peer.Send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
        } else if (number % 3 == 1) {
            peer.Reset();
        } else {
            (void)peer.ReadRequest();
            peer.Send("HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n");
        }
    });
    auto options = Options(server);
    for (int i = 0; i < 100; ++i) {
        options.events.enabled = i % 50 == 0;  // they have half a second to be sent
        CloseAtSomeMoment(options, std::chrono::milliseconds(5));
    }
    options.endpoints.streaming = options.endpoints.events =
        "http://127.0.0.1:" + std::to_string(test_support::FreePort());
    for (int i = 0; i < 20; ++i) CloseAtSomeMoment(options, std::chrono::milliseconds(5));
    Report();
}

TEST_F(CloseTest, ServerThatSaysNothing) {
    RawServer server([](RawPeer& peer, int) { peer.WaitForClose(); });
    for (int i = 0; i < 10; ++i) {
        auto options = Options(server);
        options.events.enabled = i % 5 == 0;
        CloseAtSomeMoment(std::move(options), std::chrono::milliseconds(5));
    }
    Report();
}

TEST_F(CloseTest, StreamThatFloods) {
    RawServer server([](RawPeer& peer, int) {
        if (peer.ReadRequest().starts_with("POST")) return;
        if (!peer.Send(kHead)) return;
        for (int version = 1; peer.Send(PutOf(version)); ++version) {
        }
    });
    for (int i = 0; i < 50; ++i) {
        auto options = Options(server);
        options.events.enabled = false;
        if (i % 2 == 0) options.data_store = std::make_shared<ScriptedStore>();
        CloseAtSomeMoment(std::move(options), std::chrono::milliseconds(5));
    }
    Report();
}

TEST_F(CloseTest, StoreThatHangs) {
    RawServer server(Serve);
    int i = 0;
    for (std::string_view const method : {"Init", "Initialized", "Get", "All"}) {
        for (auto const mode : {Mode::kOff, Mode::kTtl, Mode::kInfinite}) {
            auto options = Options(server);
            options.events.enabled = false;
            options.data_store = StoreThatHangsIn(method);
            options.cache.mode = mode;
            options.daemon_mode = ++i % 4 == 0;
            CloseAtSomeMoment(std::move(options), std::chrono::milliseconds(20));
        }
    }
    Report();
}

// What watches the store hangs, and so do the Big Segments store and the events' server.
TEST_F(CloseTest, EverythingHangsAtOnce) {
    RawServer server([](RawPeer& peer, int) {
        if (peer.ReadRequest().starts_with("POST")) return peer.WaitForClose();
        peer.Send(std::string(kHead) + PutOf(1) + PutOf(2));
        peer.WaitForClose();
    });
    auto options = Options(server);
    auto const store = std::make_shared<ScriptedStore>();
    stores_.push_back(store);
    store->Break();
    store->CloseGate("CheckAvailable");
    options.data_store = store;
    auto const big = HangingBigSegments();
    options.big_segments.store = big;
    options.big_segments.status_poll_interval = std::chrono::milliseconds(1);
    auto made = Client::Create(std::move(options));
    ASSERT_TRUE(made.has_value());
    (*made)->Identify(*Context::User("bob"));
    (*made)->Flush();
    ASSERT_TRUE(store->AwaitAtGate(1));  // the prober
    big->AwaitAtGate(1);
    auto const start = SteadyClock::now();
    (*made)->Close();
    auto const took = SteadyClock::now() - start;
    // One after the other they would take 2.7 s.
    EXPECT_LT(took, std::chrono::milliseconds(2500));
}

TEST_F(CloseTest, BigSegmentsStoreThatHangs) {
    RawServer server(Serve);
    for (int i = 0; i < 5; ++i) {
        auto options = Options(server);
        options.big_segments.store = HangingBigSegments();
        options.big_segments.status_poll_interval = std::chrono::milliseconds(i == 0 ? 1 : 5000);
        CloseAtSomeMoment(std::move(options), std::chrono::milliseconds(20));
    }
    Report();
}

TEST_F(CloseTest, EvaluationsGoOnWithWhatIsCached) {
    RawServer server(Serve);
    auto const client = *Client::Create(Options(server));
    ASSERT_TRUE(client->WaitForInitialization(std::chrono::seconds(20)));
    client->Close();
    EXPECT_EQ(client->StringVariation("f", *Context::User("bob"), "default"), "a");
    EXPECT_TRUE(client->AllFlags(*Context::User("bob")).Valid());
    client->Track("event", *Context::User("bob"));
    client->Identify(*Context::User("bob"));
    client->Flush();
    EXPECT_TRUE(client->WaitForInitialization(std::chrono::milliseconds(0)));
}

TEST_F(CloseTest, AWaitForDataEnds) {
    RawServer server([](RawPeer& peer, int) { peer.WaitForClose(); });
    auto const client = *Client::Create(Options(server));
    bool initialized = true;
    std::atomic<bool> waiting{false};
    std::thread waiter([&] {
        waiting = true;
        initialized = client->WaitForInitialization(std::chrono::hours(1));
    });
    while (!waiting) std::this_thread::yield();
    client->Close();
    waiter.join();
    EXPECT_FALSE(initialized);
}

}  // namespace
}  // namespace lddynamo
