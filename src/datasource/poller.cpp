#include "datasource/poller.hpp"

#include "http/gzip.hpp"
#include "http/http_message.hpp"

#include <utility>

namespace lddynamo::datasource {
namespace {

constexpr std::string_view kPath = "/sdk/latest-all";
constexpr std::size_t kMaxEtagBytes = 1024;

}  // namespace

Result<Poller> Poller::Create(PollerOptions options) {
    auto url = MakeServiceUrl(options.base_uri, kPath, options.filter);
    if (!url) return Fail(url.error());
    return Poller(std::move(options), std::move(*url));
}

HttpRequest Poller::Request() const {
    HttpRequest request;
    request.url = url_;
    request.headers = options_.headers;
    request.headers.emplace_back("Accept-Encoding", "gzip");
    if (!etag_.empty()) request.headers.emplace_back("If-None-Match", etag_);
    request.timeout = options_.timeout;
    request.max_response_bytes = options_.max_answer_bytes;
    return request;
}

Result<DataDocument> Poller::ReadBody(HttpResponse const& answer) const {
    DocumentRules const rules{.from_service = true};
    std::string const* const encoding = answer.Header("Content-Encoding");
    if (encoding == nullptr || http::EqualsNoCase(*encoding, "identity")) {
        return ParseDataDocument(answer.body, rules);
    }
    if (!http::EqualsNoCase(*encoding, "gzip")) {
        return Fail(ErrorCode::kInvalidData, "an encoding that was not asked for");
    }
    auto const text = http::Gunzip(answer.body, options_.max_document_bytes);
    if (!text) return Fail(text.error());
    return ParseDataDocument(*text, rules);
}

PollOutcome Poller::Read(Result<HttpResponse> const& answer) {
    if (!answer) {
        return ReadTransportError(answer.error());
    }
    if (answer->status == 304 && !etag_.empty()) return PolledNothing{};
    if (answer->status != 200) return ReadRefusal(answer->status);
    auto document = ReadBody(*answer);
    if (!document) {
        Error error = std::move(document.error());
        error.message = "LaunchDarkly's answer: " + error.message;
        error.retryable = true;
        return ServiceFailure{std::move(error), false};
    }
    std::string const* const etag = answer->Header("ETag");
    etag_ = etag != nullptr && etag->size() <= kMaxEtagBytes ? *etag : std::string();
    return PolledData{std::move(*document)};
}

}  // namespace lddynamo::datasource
