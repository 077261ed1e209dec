// A client that follows a stream of many patches a second while another thread evaluates flags:
// whether it loses any, how its memory grows, and what it does to an evaluation's latency.
//
//   bench_stream [SECONDS] [PATCHES_PER_SECOND]
#include <lddynamo/lddynamo.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace lddynamo;
using Clock = std::chrono::steady_clock;

constexpr int kFlags = 1000;

[[noreturn]] void Die(std::string const& what) {
    std::fprintf(stderr, "bench_stream: %s\n", what.c_str());
    std::exit(1);
}

std::string Key(int flag) {
    return "flag-" + std::to_string(flag);
}

std::string FlagJson(int flag, std::int64_t version) {
    return R"({"key":")" + Key(flag) + R"(","version":)" + std::to_string(version) +
           R"(,"on":true,"variations":["off","on"],"fallthrough":{"variation":1},"offVariation":0,)"
           R"("salt":"s","trackEvents":false,"rules":[{"id":"r","variation":0,"clauses":[)"
           R"({"attribute":"country","op":"in","values":["de","fr","it"]}]}]})";
}

/// Sends everything, then patches in their turn at the rate asked for.
class Server {
  public:
    Server(int seconds, int rate) : seconds_(seconds), rate_(rate) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            ::listen(listener_, 1) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
            Die("cannot listen");
        }
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { Run(); });
    }
    ~Server() {
        thread_.join();
        ::close(listener_);
    }
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;

    [[nodiscard]] std::string Url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    void Go() { go_ = true; }
    void End() { end_ = true; }
    [[nodiscard]] bool Done() const { return done_; }
    [[nodiscard]] std::int64_t Sent() const { return sent_; }

  private:
    void Run() {
        int const peer = ::accept(listener_, nullptr, nullptr);
        char request[4096];
        if (::read(peer, request, sizeof request) <= 0) Die("no request");
        std::string all =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
            "event: put\ndata: {\"path\":\"/\",\"data\":{\"segments\":{},\"flags\":{";
        for (int flag = 0; flag < kFlags; ++flag) {
            all += (flag == 0 ? "\"" : ",\"") + Key(flag) + "\":" + FlagJson(flag, 1);
        }
        Send(peer, all + "}}}\n\n");
        while (!go_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        auto const begin = Clock::now();
        for (int millisecond = 1; millisecond <= seconds_ * 1000; ++millisecond) {
            std::string burst;
            std::int64_t const until = std::int64_t{millisecond} * rate_ / 1000;
            for (; sent_ < until; ++sent_) {
                auto const flag = static_cast<int>(sent_ % kFlags);
                burst += "event: patch\ndata: {\"path\":\"/flags/" + Key(flag) +
                         "\",\"data\":" + FlagJson(flag, 2 + sent_ / kFlags) + "}\n\n";
            }
            Send(peer, burst);
            std::this_thread::sleep_until(begin + std::chrono::milliseconds(millisecond));
        }
        done_ = true;
        while (!end_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        ::close(peer);
    }
    static void Send(int peer, std::string const& text) {
        for (std::size_t at = 0; at < text.size();) {
            auto const count = ::send(peer, text.data() + at, text.size() - at, MSG_NOSIGNAL);
            if (count <= 0) Die("the client is gone");
            at += static_cast<std::size_t>(count);
        }
    }

    int const seconds_;
    int const rate_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> go_{false};
    std::atomic<bool> end_{false};
    std::atomic<bool> done_{false};
    std::atomic<std::int64_t> sent_{0};
    std::thread thread_;
};

double ResidentMegabytes() {
    std::ifstream status("/proc/self/statm");
    long pages = 0;
    status >> pages >> pages;
    return static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

struct Latency {
    double p50 = 0, p99 = 0;  // nanoseconds
};

/// Evaluates flag after flag until `until` says so.
template <class Until>
Latency Measure(Client& client, Context const& context, Until const& until) {
    std::vector<std::string> keys;
    for (int flag = 0; flag < kFlags; ++flag) keys.push_back(Key(flag));
    constexpr std::size_t kBuckets = 1U << 20U;  // of a nanosecond each; the last has the rest
    std::vector<std::uint64_t> counts(kBuckets);
    std::uint64_t total = 0;
    while (!until()) {
        for (int i = 0; i < 1000; ++i) {
            auto const begin = Clock::now();
            std::string const value = client.StringVariation(keys[i % kFlags], context, "none");
            auto const took = static_cast<std::size_t>((Clock::now() - begin).count());
            if (value != "on") Die("a wrong value: " + value);
            ++counts[std::min(took, kBuckets - 1)];
            ++total;
        }
        // As a server that does something between evaluations.
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    auto const at = [&](double share) {
        auto const wanted = static_cast<std::uint64_t>(share * static_cast<double>(total));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < kBuckets; ++i) {
            if ((seen += counts[i]) >= wanted) return static_cast<double>(i);
        }
        return static_cast<double>(kBuckets);
    };
    return {at(0.5), at(0.99)};
}

void RunCase(char const* name, std::shared_ptr<FeatureStore> store, int seconds, int rate) {
    Server server(seconds, rate);
    ClientOptions options;
    options.sdk_key = Secret("sdk-key");
    options.endpoints.streaming = server.Url();
    options.events.enabled = false;
    options.data_store = std::move(store);
    options.cache.mode = CacheOptions::Mode::kInfinite;
    auto const client = Client::Create(std::move(options));
    if (!client) Die(client.error().Describe());
    if (!(*client)->WaitForInitialization(std::chrono::seconds(30))) Die("no data came");
    auto const context = Context::Builder("user", "bob").Set("country", "us").Build();

    auto const measure_idle = [&] {
        auto const end = Clock::now() + std::chrono::seconds(5);
        return Measure(**client, *context, [&] { return Clock::now() > end; });
    };
    auto const before = measure_idle();
    server.Go();
    double at_start = 0;
    auto const begin = Clock::now();
    auto const busy = Measure(**client, *context, [&] {
        // What the first seconds allocate is kept and used again.
        if (at_start == 0 && Clock::now() - begin > std::chrono::seconds(seconds) / 4) {
            at_start = ResidentMegabytes();
        }
        return server.Done();
    });
    auto const sent = server.Sent();
    // The last patch of each flag has to arrive; a lost one leaves an older version for ever.
    auto const deadline = Clock::now() + std::chrono::seconds(10);
    std::int64_t missing = kFlags;
    while (missing > 0 && Clock::now() < deadline) {
        missing = 0;
        auto const state = (*client)->AllFlags(*context);
        for (int flag = 0; flag < kFlags; ++flag) {
            std::int64_t const last = 1 + (sent - 1 - flag) / kFlags + 1;
            auto const* const found = state.Find(Key(flag));
            if (found == nullptr || found->version != last) ++missing;
        }
    }
    double const at_end = ResidentMegabytes();
    auto const after = measure_idle();
    std::printf(
        "| %s | %lld in %d s | %lld | %.1f -> %.1f MB | %.0f / %.0f ns | %.0f / %.0f ns | "
        "%.0f / %.0f ns | %.2f, %.2f |\n",
        name, static_cast<long long>(sent), seconds, static_cast<long long>(missing), at_start,
        at_end, before.p50, before.p99, busy.p50, busy.p99, after.p50, after.p99,
        busy.p99 / before.p99, busy.p99 / after.p99);
    server.End();
    if (missing > 0) std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
    int const seconds = argc > 1 ? std::atoi(argv[1]) : 60;
    int const rate = argc > 2 ? std::atoi(argv[2]) : 10000;
    if (seconds < 1 || rate < kFlags) Die("at least 1 second, and 1000 patches a second");
    std::puts(
        "| client | patches | flags not at their last version | memory, from a quarter of the time "
        "to the end | evaluation idle before, p50 / p99 | while streaming | idle after | p99, "
        "times "
        "idle before, after |");
    std::puts("|---|--:|--:|--:|--:|--:|--:|--:|");
    RunCase("in memory", nullptr, seconds, rate);
    RunCase("with a store", std::make_shared<MemoryFeatureStore>(), seconds, rate);
}
