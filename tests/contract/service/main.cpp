#include "http/http_server.hpp"

#include "service.hpp"

#include <lddynamo/logger.hpp>

#include <signal.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace lddynamo;

constexpr char kUsage[] =
    "usage: contract_service [--retry-conformance] [--log LEVEL] [PORT]\n"
    "The service that LaunchDarkly's sdk-test-harness drives lddynamo by, on 127.0.0.1.\n"
    "  PORT                 8123 if not said; 0: any that is free\n"
    "  --retry-conformance  ask again where LaunchDarkly refuses, and say so to the harness\n"
    "  --log LEVEL          what the clients log, on stderr: trace, debug, info, warn or error\n";

struct Arguments {
    std::uint16_t port = 8123;
    bool retry_conformance = false;
    std::optional<LogLevel> log{};
};

std::optional<LogLevel> ParseLevel(std::string_view text) {
    for (auto const level :
         {LogLevel::kTrace, LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn, LogLevel::kError}) {
        if (ToString(level) == text) return level;
    }
    return {};
}

std::optional<Arguments> ParseArguments(int argc, char** argv) {
    Arguments arguments;
    for (int i = 1; i < argc; ++i) {
        std::string_view const argument = argv[i];
        if (argument == "--retry-conformance") {
            arguments.retry_conformance = true;
        } else if (argument == "--log" && i + 1 < argc) {
            arguments.log = ParseLevel(argv[++i]);
            if (!arguments.log) return {};
        } else {
            auto const* const end = argument.data() + argument.size();
            auto const parsed = std::from_chars(argument.data(), end, arguments.port);
            if (parsed.ec != std::errc() || parsed.ptr != end) return {};
        }
    }
    return arguments;
}

class StderrSink final : public LogSink {
  public:
    explicit StderrSink(LogLevel level) : level_(level) {}
    [[nodiscard]] bool Enabled(LogLevel level) const noexcept override { return level >= level_; }
    void Write(LogLevel level, std::string_view message) noexcept override {
        auto const name = ToString(level);
        std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(name.size()), name.data(),
                     static_cast<int>(message.size()), message.data());
    }

  private:
    LogLevel const level_;
};

}  // namespace

int main(int argc, char** argv) {
    ::signal(SIGPIPE, SIG_IGN);
    auto const arguments = ParseArguments(argc, argv);
    if (!arguments) {
        std::fputs(kUsage, stderr);
        return 2;
    }
    std::unique_ptr<http::HttpServer> server;
    contract::ServiceOptions options;
    options.retry_conformance = arguments->retry_conformance;
    if (arguments->log) options.logger = Logger(std::make_shared<StderrSink>(*arguments->log));
    options.stop = [&server] { server->Stop(); };
    contract::Service service(std::move(options));

    http::HttpServerOptions server_options;
    server_options.port = arguments->port;
    server_options.stop_on_signals = true;
    auto made = http::HttpServer::Create(
        [&service](http::ServerRequest const& request) { return service.Handle(request); },
        std::move(server_options));
    if (!made) {
        std::fprintf(stderr, "contract_service: %s\n", made.error().Describe().c_str());
        return 1;
    }
    server = *std::move(made);
    // Scripts read this line to learn the port.
    std::printf("listening on http://127.0.0.1:%u\n", unsigned{server->Port()});
    std::fflush(stdout);
    server->Run();
    return 0;
}
