#include "callback.hpp"

#include <chrono>
#include <utility>

namespace lddynamo::contract {

Callback::Callback(std::shared_ptr<HttpTransport> transport, std::string uri)
    : transport_(std::move(transport)), uri_(std::move(uri)) {
}

Result<std::string> Callback::PostTo(std::string url, std::string body,
                                     std::string const& content_type) const {
    HttpRequest request;
    request.method = "POST";
    request.url = std::move(url);
    request.headers = {{"Content-Type", content_type}};
    request.body = std::move(body);
    request.timeout = std::chrono::seconds(10);
    auto answer = transport_->Send(std::move(request));
    if (!answer) return Fail(std::move(answer.error()));
    if (answer->status / 100 == 2) return std::move(answer->body);
    Error error;
    error.code = ErrorCode::kService;
    error.message = "the callback answered " + std::to_string(answer->status);
    error.http_status = answer->status;
    return Fail(std::move(error));
}

Result<std::string> Callback::Post(std::string body, std::string const& content_type) const {
    return PostTo(uri_, std::move(body), content_type);
}

Result<Value> Callback::PostJson(Value const& body, std::string const& path) const {
    auto const answer = PostTo(uri_ + path, body.ToJson(), "application/json");
    if (!answer) return Fail(answer.error());
    if (answer->empty()) return Value();
    return Value::Parse(*answer);
}

}  // namespace lddynamo::contract
