#include "http/message_parser.hpp"

#include "http/http_message.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <optional>

namespace lddynamo::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;

constexpr std::size_t kMaxReserve = 1U << 20U;  // a declared length is only a claim
constexpr int kMaxInterimAnswers = 16;

std::string_view View(beast::string_view text) noexcept {
    return {text.data(), text.size()};
}

/// Beast's parser, writing into a Message.
template <bool kIsRequest>
class Sink final : public beast::http::basic_parser<kIsRequest> {
  public:
    explicit Sink(Message& message) noexcept : message_(message) {}

  private:
    using Base = beast::http::basic_parser<kIsRequest>;

    void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target,
                         int, error_code&) override {
        message_.method = View(method);
        message_.target = View(target);
    }
    void on_response_impl(int status, beast::string_view, int, error_code&) override {
        message_.status = status;
    }
    void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                       error_code& error) override {
        if (Base::is_header_done()) return;  // a trailer
        if (message_.headers.size() == kMaxHeaders) {
            error = beast::http::error::header_limit;
            return;
        }
        message_.headers.emplace_back(View(name), View(value));
    }
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const& length, error_code&) override {
        if (length) {
            message_.body.reserve(
                static_cast<std::size_t>(std::min<std::uint64_t>(*length, kMaxReserve)));
        }
    }
    std::size_t on_body_impl(beast::string_view body, error_code&) override {
        message_.body.append(View(body));
        return body.size();
    }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override {
        message_.body.append(View(body));
        return body.size();
    }
    void on_finish_impl(error_code&) override {}

    Message& message_;
};

template <bool kIsRequest>
class BeastParser final : public MessageParser {
  public:
    BeastParser(bool skip_body, std::size_t max_body_bytes)
        : skip_body_(skip_body), max_body_bytes_(max_body_bytes) {
        Restart();
    }

    State Feed(std::string_view bytes) override {
        begun_ = begun_ || !bytes.empty();
        if (rest_.empty()) {
            auto const used = Parse(bytes);
            rest_.assign(bytes.substr(used));
        } else {
            rest_.append(bytes);
            rest_.erase(0, Parse(rest_));
        }
        // Beast limits no header whose lines come in one by one, nor trailers and chunk headers.
        auto const header_bytes = rest_.size() + (sink_->is_header_done() ? 0 : used_);
        if (state_ == State::kNeedMore && header_bytes > kMaxHeaderBytes) {
            state_ = State::kHeadersTooLarge;
        }
        return state_;
    }

    State FeedEnd() override {
        if (!sink_->got_some()) return state_ = State::kMalformed;
        error_code error;
        sink_->put_eof(error);
        return state_ = error ? State::kMalformed : State::kDone;
    }

    [[nodiscard]] bool HasBegun() const override { return begun_; }
    [[nodiscard]] bool IsHeaderDone() const override { return sink_->is_header_done(); }
    [[nodiscard]] bool KeepsAlive() const override { return sink_->keep_alive(); }
    [[nodiscard]] std::string TakeRest() override { return std::move(rest_); }
    [[nodiscard]] Message& GetMessage() noexcept override { return message_; }

  private:
    void Restart() {
        message_ = Message();
        used_ = 0;
        sink_.emplace(message_);
        sink_->eager(true);
        sink_->header_limit(kMaxHeaderBytes);
        sink_->body_limit(max_body_bytes_);
        if (skip_body_) sink_->skip(true);
    }

    /// Feeds Beast and sets state_. @return how many bytes it is done with.
    std::size_t Parse(std::string_view bytes) {
        std::size_t used = 0;
        for (;;) {
            auto const input = bytes.substr(used);
            if (!LooksLikeHttp(input)) {
                state_ = State::kMalformed;
                return used;
            }
            error_code error;
            auto const count =
                sink_->put(boost::asio::const_buffer(input.data(), input.size()), error);
            used += count;
            used_ += count;
            state_ = Classify(error);
            if (state_ != State::kNeedMore) return used;
            if (!sink_->is_done()) {
                if (error || used == bytes.size()) return used;
                continue;
            }
            if (kIsRequest || message_.status / 100 != 1 || message_.status == 101) {
                state_ = State::kDone;
                return used;
            }
            if (++interim_answers_ > kMaxInterimAnswers) {
                state_ = State::kMalformed;
                return used;
            }
            Restart();
        }
    }

    // Beast looks at nothing before the headers are complete, and garbage may never be.
    [[nodiscard]] bool LooksLikeHttp(std::string_view input) const {
        constexpr std::string_view kPrefix = "HTTP/1.";
        if (kIsRequest || used_ > 0) return true;
        auto const length = std::min(kPrefix.size(), input.size());
        return input.substr(0, length) == kPrefix.substr(0, length);
    }

    static State Classify(error_code const& code) {
        using beast::http::error;
        if (!code || code == error::need_more) return State::kNeedMore;
        if (code == error::header_limit) return State::kHeadersTooLarge;
        if (code == error::body_limit) return State::kBodyTooLarge;
        return State::kMalformed;
    }

    bool const skip_body_;
    std::size_t const max_body_bytes_;
    Message message_;
    std::optional<Sink<kIsRequest>> sink_;
    std::string rest_;  ///< Taken, but not yet understood.
    State state_ = State::kNeedMore;
    bool begun_ = false;
    std::size_t used_ = 0;  ///< Of this message, interim or final.
    int interim_answers_ = 0;
};

}  // namespace

std::unique_ptr<MessageParser> MakeResponseParser(bool to_head, std::size_t max_body_bytes) {
    return std::make_unique<BeastParser<false>>(to_head, max_body_bytes);
}

std::unique_ptr<MessageParser> MakeRequestParser(std::size_t max_body_bytes) {
    return std::make_unique<BeastParser<true>>(false, max_body_bytes);
}

}  // namespace lddynamo::http
