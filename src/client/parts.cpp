#include "client/parts.hpp"

#include "client/diagnostic_data.hpp"
#include "client/request_headers.hpp"
#include "datasource/file_source.hpp"
#include "datasource/poll_source.hpp"
#include "datasource/stream_source.hpp"
#include "events/event_processor.hpp"
#include "http/transport_factory.hpp"
#include "http/url.hpp"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace lddynamo {
namespace {

using client::BigSegments;
using client::DataPath;

constexpr std::chrono::milliseconds kAttemptTimeout{10000};

http::TransportFactory MakeFactory(HttpOptions const& http, Logger const& logger) {
    HttpTransportOptions options;
    options.connect_timeout = http.connect_timeout;
    options.attempt_timeout = std::max(http.connect_timeout, kAttemptTimeout);
    options.ca_file = http.ca_file;
    options.verify_peer = http.verify_peer;
    options.proxy = http.proxy;
    options.no_proxy = http.no_proxy;
    options.environment = http.environment;
    options.logger = logger;
    return [options](std::stop_token stop) {
        HttpTransportOptions with_stop = options;
        with_stop.stop = std::move(stop);
        return MakeHttpTransport(std::move(with_stop));
    };
}

Result<std::unique_ptr<datasource::DataSource>> MakeSource(ClientOptions const& options,
                                                           HttpHeaders const& headers,
                                                           http::TransportFactory factory) {
    auto const filter = client::CheckedPayloadFilter(options);
    bool const retry = options.refused == RefusedPolicy::kRetrySlowly;
    if (auto const* const streaming = std::get_if<StreamingOptions>(&options.data_source)) {
        datasource::StreamSourceOptions stream;
        stream.base_uri = options.endpoints.streaming;
        stream.headers = headers;
        stream.filter = filter;
        stream.make_transport = std::move(factory);
        stream.initial_reconnect_delay = streaming->initial_reconnect_delay;
        stream.read_timeout = streaming->read_timeout;
        stream.retry_refused = retry;
        stream.clock = options.clock;
        stream.logger = options.logger;
        return datasource::MakeStreamSource(std::move(stream));
    }
    if (auto const* const files = std::get_if<FileDataOptions>(&options.data_source)) {
        return std::make_unique<datasource::FileSource>(*files, options.logger);
    }
    auto interval = std::get<PollingOptions>(options.data_source).interval;
    if (interval < datasource::kMinPollInterval) {
        options.logger.Warn(
            "polling every 30 s: LaunchDarkly does not want to be asked more often");
        interval = datasource::kMinPollInterval;
    }
    auto poller = datasource::Poller::Create(
        {.base_uri = options.endpoints.polling, .headers = headers, .filter = filter});
    if (!poller) return Fail(std::move(poller.error()));
    datasource::PollSourceOptions poll;
    poll.make_transport = std::move(factory);
    poll.interval = interval;
    poll.retry_refused = retry;
    poll.logger = options.logger;
    return datasource::MakePollSource(std::move(*poller), std::move(poll));
}

Result<std::unique_ptr<events::EventSink>> MakeEvents(ClientOptions const& options,
                                                      HttpHeaders const& headers,
                                                      http::TransportFactory factory) {
    if (auto const url = http::ParseUrl(options.endpoints.events); !url) {
        return Fail(ErrorCode::kInvalidArgument, "the endpoint of events: " + url.error().message);
    }
    events::EventProcessorOptions processor;
    processor.events = options.events;
    processor.base_uri = options.endpoints.events;
    processor.headers = headers;
    processor.make_transport = std::move(factory);
    processor.clock = options.clock;
    processor.logger = options.logger;
    auto diagnostic = client::MakeDiagnosticData(options);
    processor.diagnostic_sdk = std::move(diagnostic.sdk);
    processor.diagnostic_configuration = std::move(diagnostic.configuration);
    processor.diagnostic_platform = std::move(diagnostic.platform);
    processor.sdk_key_suffix = std::move(diagnostic.sdk_key_suffix);
    return events::MakeEventProcessor(std::move(processor));
}

/// Runs calls at the same time, and waits for all of them at its end.
class Together {
  public:
    Together() = default;
    Together(Together const&) = delete;
    Together& operator=(Together const&) = delete;
    ~Together() {
        for (auto& thread : threads_) thread.join();
    }
    template <class Call>
    void Run(Call const& call) noexcept {
        try {
            threads_.emplace_back(call);
        } catch (...) {  // no thread: one after the other
            call();
        }
    }

  private:
    std::vector<std::thread> threads_;
};

}  // namespace

Result<std::unique_ptr<Client::Parts>> Client::Parts::Make(ClientOptions const& options) {
    try {
        Clock const& clock = options.clock != nullptr ? *options.clock : SystemClock();
        std::unique_ptr<Parts> parts(new Parts(options, clock));
        if (auto status = parts->Start(options); !status) return Fail(std::move(status.error()));
        return parts;
    } catch (std::exception const& exception) {  // no thread, no memory
        return Fail(ErrorCode::kInternal,
                    std::string("a client cannot be made: ") + exception.what());
    }
}

Client::Parts::Parts(ClientOptions const& options, Clock const& clock)
    : logger_(options.logger),
      sdk_key_(options.sdk_key),
      big_segments_(
          options.big_segments.store && !options.offline
              ? std::make_unique<client::BigSegments>(options.big_segments, clock, options.logger)
              : nullptr),
      core_(options,
            options.offline       ? Core::Source::kMemory
            : options.daemon_mode ? Core::Source::kStore
            : options.data_store  ? Core::Source::kReceived
                                  : Core::Source::kMemory,
            big_segments_.get()),
      hooks_(options.hooks, options.logger, options.sdk_key),
      status_(std::make_shared<client::SourceStatus>(
          options.offline       ? DataSourceState::kOff
          : options.daemon_mode ? DataSourceState::kValid
                                : DataSourceState::kInitializing,
          options.on_data_source_status, clock, options.logger)) {
}

Status Client::Parts::Start(ClientOptions const& options) {
    bool const with_events = client::SendsEvents(options);
    bool const with_source = !options.offline && !options.daemon_mode;
    if (!with_events && !with_source) return {};  // the usual case of daemon mode: no more to do
    HttpHeaders headers;                          // files need none, and no SDK key for them
    if (with_events || client::AsksLaunchDarkly(options)) {
        headers = client::MakeRequestHeaders(options);
    }
    auto const factory = MakeFactory(options.http, options.logger);
    if (with_events) {
        auto made = MakeEvents(options, headers, factory);
        if (!made) return Fail(std::move(made.error()));
        events_ = std::move(*made);
    }
    if (!with_source) return {};
    auto made = MakeSource(options, headers, factory);
    if (!made) return Fail(std::move(made.error()));
    source_ = std::move(*made);
    DataPath::Options path;
    path.store = options.data_store;
    path.cache_is_infinite = options.cache.mode == CacheOptions::Mode::kInfinite;
    path.logger = options.logger;
    if (events_) {
        path.on_stream_init = [events = events_.get()](datasource::StreamInit const& init) {
            events->StreamOpened({init.started, init.took, init.failed});
        };
    }
    path_ = std::make_shared<DataPath>(std::move(path), core_, status_,
                                       [source = source_.get()] { source->Refresh(); });
    return source_->Start(path_);
}

void Client::Parts::Close() noexcept {
    status_->Close();
    // Each can take most of a second, where a store hangs or LaunchDarkly does.
    Together together;
    if (events_) together.Run([this] { events_->Close(); });
    if (big_segments_) together.Run([this] { big_segments_->Close(); });
    if (path_) together.Run([this] { path_->Close(); });
    if (source_) source_->Stop();
}

}  // namespace lddynamo
