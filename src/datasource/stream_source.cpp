#include "datasource/stream_source.hpp"

#include "datasource/reconnect_delay.hpp"
#include "datasource/service.hpp"
#include "datasource/stream_reader.hpp"
#include "datasource/threaded_source.hpp"
#include "http/redirect.hpp"

#include <utility>

namespace lddynamo::datasource {
namespace {

constexpr std::chrono::milliseconds kHeadTimeout{15000};

/// What the thread uses; it may outlive the source.
struct Stream {
    StreamSourceOptions options;
    std::string url;
    std::shared_ptr<DataSink> sink{};
    Attempts attempts{};

    void Run();

  private:
    /// One connection, and the pause after it. @return false: that was the last.
    [[nodiscard]] bool Follow(Clock& clock, ReconnectDelay& delay);
    [[nodiscard]] HttpRequest Request(std::shared_ptr<StreamReader> reader) const;
    [[nodiscard]] static ServiceFailure WhyEnded(StreamReader const& reader,
                                                 Result<HttpResponse> answer);
};

HttpRequest Stream::Request(std::shared_ptr<StreamReader> reader) const {
    HttpRequest request;
    request.url = url;
    request.headers = options.headers;
    request.headers.emplace_back("Accept", "text/event-stream");
    request.headers.emplace_back("Cache-Control", "no-cache");
    request.receiver = std::move(reader);
    request.timeout = kHeadTimeout;
    request.idle_timeout = options.read_timeout;
    return request;
}

ServiceFailure Stream::WhyEnded(StreamReader const& reader, Result<HttpResponse> answer) {
    if (auto error = reader.BadData()) {
        error->message = "LaunchDarkly's stream: " + error->message;
        error->retryable = true;
        return {std::move(*error), false};
    }
    if (!answer) return ReadTransportError(std::move(answer.error()));
    if (answer->status != 200) return ReadRefusal(answer->status);
    Error error;
    error.code = ErrorCode::kConnection;
    error.message = "LaunchDarkly's stream ended";
    error.retryable = true;
    return {std::move(error), false};
}

void Stream::Run() {
    Clock& clock = options.clock != nullptr ? *options.clock : SystemClock();
    ReconnectDelay delay(options.initial_reconnect_delay, options.random);
    while (!attempts.Stopped()) {
        bool more = true;
        bool const done = Guarded(*sink, options.logger, [&] { more = Follow(clock, delay); });
        if (!more) return;
        if (!done) attempts.Pause(delay.Next(std::chrono::milliseconds(0)));
    }
}

bool Stream::Follow(Clock& clock, ReconnectDelay& delay) {
    auto const stop = attempts.Begin();
    auto const reader = std::make_shared<StreamReader>(sink, stop, clock, options.logger);
    auto answer = http::SendOn(*options.make_transport(stop), Request(reader));
    if (attempts.Stopped()) return false;
    if (attempts.TakeRefresh()) return true;
    reader->Ended();
    auto const open_for = reader->OpenFor();
    ServiceFailure failure = WhyEnded(*reader, std::move(answer));
    if (failure.permanent && !options.retry_refused) {
        sink->OnStatus(DataSourceState::kOff, std::move(failure.error));
        return false;
    }
    // Once that is told, this thread may have been left, and the clock be gone.
    sink->OnStatus(DataSourceState::kInterrupted, std::move(failure.error));
    if (auto const base = reader->Retry()) delay.SetBase(*base);
    attempts.Pause(failure.permanent ? delay.NextRefused() : delay.Next(open_for));
    return true;
}

}  // namespace

Result<std::unique_ptr<DataSource>> MakeStreamSource(StreamSourceOptions options) {
    auto url = MakeServiceUrl(options.base_uri, "/all", options.filter);
    if (!url) return Fail(std::move(url.error()));
    auto stream = std::make_shared<Stream>();
    stream->options = std::move(options);
    stream->url = std::move(*url);
    return std::make_unique<ThreadedSource<Stream>>(std::move(stream));
}

}  // namespace lddynamo::datasource
