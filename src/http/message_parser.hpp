/// @file
/// MessageParser: bytes of one HTTP/1 message in, the message out; no I/O.
/// Layer: http.
#pragma once

#include <lddynamo/http_transport.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace lddynamo::http {

/// A request or an answer.
struct Message {
    std::string method{};  ///< Of a request.
    std::string target{};  ///< Of a request.
    int status = 0;        ///< Of an answer.
    HttpHeaders headers{};
    std::string body{};
};

/// @par Thread safety  None; one thread at a time.
class MessageParser {
  public:
    enum class State {
        kNeedMore,
        kDone,
        kMalformed,        ///< Not HTTP, or HTTP that cannot be understood.
        kHeadersTooLarge,  ///< Over kMaxHeaderBytes or kMaxHeaders; trailers and chunk headers
                           ///< count alike.
        kBodyTooLarge,
    };
    MessageParser() = default;
    MessageParser(MessageParser const&) = delete;
    MessageParser& operator=(MessageParser const&) = delete;
    virtual ~MessageParser() = default;

    /// Takes all of `bytes`. Not to be called after another state than kNeedMore.
    virtual State Feed(std::string_view bytes) = 0;
    /// The peer sent all it will: kDone if that was the end of the message.
    virtual State FeedEnd() = 0;
    [[nodiscard]] virtual bool HasBegun() const = 0;      ///< Any byte was taken.
    [[nodiscard]] virtual bool IsHeaderDone() const = 0;  ///< Message() has all its headers.
    [[nodiscard]] virtual bool KeepsAlive() const = 0;  ///< After kDone: the connection may go on.
    [[nodiscard]] virtual std::string TakeRest() = 0;   ///< After kDone: bytes behind the message.
    [[nodiscard]] virtual Message& GetMessage() noexcept = 0;
};

/// Interim (1xx) answers are skipped. @param to_head  the request was a HEAD: no body follows.
[[nodiscard]] std::unique_ptr<MessageParser> MakeResponseParser(bool to_head,
                                                                std::size_t max_body_bytes);
[[nodiscard]] std::unique_ptr<MessageParser> MakeRequestParser(std::size_t max_body_bytes);

}  // namespace lddynamo::http
