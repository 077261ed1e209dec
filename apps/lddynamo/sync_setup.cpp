#include "lddynamo/sync_setup.hpp"

#include "lddynamo/data_file.hpp"

#include "datasource/poll_source.hpp"
#include "datasource/service.hpp"
#include "datasource/stream_source.hpp"

#include <lddynamo/client_options.hpp>
#include <lddynamo/environment.hpp>
#include <lddynamo/http_transport.hpp>

#include <chrono>
#include <stop_token>
#include <string>
#include <utility>

namespace lddynamo::app {
namespace {

constexpr std::size_t kMaxKeyFileBytes = 4096;

Result<Secret> ReadSdkKey(SyncArguments const& arguments, Environment const& environment) {
    std::string text;
    if (!arguments.sdk_key_file.empty()) {
        auto content = ReadNamedFile(arguments.sdk_key_file, kMaxKeyFileBytes);
        if (!content) return Fail(content.error());
        text = std::move(*content);
        while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
        if (text.empty()) {
            return Fail(ErrorCode::kInvalidArgument, arguments.sdk_key_file + ": no SDK key in it");
        }
        return Secret(text);
    }
    for (char const* name : {"LDDYNAMO_SDK_KEY", "LAUNCHDARKLY_SDK_KEY"}) {
        if (auto const value = environment.GetNonEmpty(name)) return Secret(*value);
    }
    return Fail(ErrorCode::kInvalidArgument,
                "no SDK key: set LDDYNAMO_SDK_KEY or LAUNCHDARKLY_SDK_KEY, or give --sdk-key-file");
}

HttpTransportOptions MakeHttp(Logger const& logger, std::stop_token stop) {
    HttpTransportOptions http;
    http.connect_timeout = std::chrono::seconds(10);
    http.logger = logger;
    http.stop = std::move(stop);
    return http;
}

Result<std::unique_ptr<datasource::DataSource>> MakePolling(
    SyncArguments const& arguments, HttpHeaders headers,
    datasource::PollSourceOptions source_options) {
    datasource::PollerOptions options;
    options.headers = std::move(headers);
    options.filter = arguments.filter;
    if (!arguments.base_uri.empty()) options.base_uri = arguments.base_uri;
    auto poller = datasource::Poller::Create(std::move(options));
    if (!poller) return Fail(poller.error());
    source_options.interval = arguments.interval;
    return datasource::MakePollSource(std::move(*poller), std::move(source_options));
}

Result<std::unique_ptr<datasource::DataSource>> MakeStreaming(
    SyncArguments const& arguments, HttpHeaders headers, datasource::StreamSourceOptions options) {
    options.base_uri =
        arguments.base_uri.empty() ? ServiceEndpoints().streaming : arguments.base_uri;
    options.headers = std::move(headers);
    options.filter = arguments.filter;
    return datasource::MakeStreamSource(std::move(options));
}

}  // namespace

Result<std::unique_ptr<datasource::DataSource>> MakeSyncSource(Session const& session) {
    auto const& arguments = session.Args().sync;
    auto key = ReadSdkKey(arguments, ProcessEnvironment());
    if (!key) return Fail(key.error());
    auto headers = datasource::MakeServiceHeaders(*key);
    if (!headers) return Fail(headers.error());

    // By value: the source's thread may outlast the session.
    auto const make_transport = [logger = session.Log()](std::stop_token stop) {
        return MakeHttpTransport(MakeHttp(logger, std::move(stop)));
    };
    if (arguments.poll) {
        datasource::PollSourceOptions options;
        options.make_transport = make_transport;
        options.logger = session.Log();
        return MakePolling(arguments, std::move(*headers), std::move(options));
    }
    datasource::StreamSourceOptions options;
    options.make_transport = make_transport;
    options.logger = session.Log();
    return MakeStreaming(arguments, std::move(*headers), std::move(options));
}

}  // namespace lddynamo::app
