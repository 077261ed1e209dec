#include "http/exchange.hpp"

#include "http/http_message.hpp"

#include <algorithm>
#include <utility>

namespace lddynamo::http {
namespace {

constexpr std::size_t kJoinedBodyBytes = 32U << 10U;  // shorter bodies go with the headers

Error MakeError(ErrorCode code, std::string message, bool retryable) {
    Error error;
    error.code = code;
    error.message = std::move(message);
    error.retryable = retryable;
    return error;
}

}  // namespace

ExchangeTask::ExchangeTask(EventLoop& loop, HttpRequest request, Url url, TlsContext* tls,
                           Limits limits, Logger logger, Done done)
    : loop_(loop),
      request_(std::move(request)),
      url_(std::move(url)),
      tls_(tls),
      limits_(limits),
      logger_(std::move(logger)),
      done_(std::move(done)),
      timer_(loop.context) {
}

void ExchangeTask::Start() {
    auto head = SerializeHead(request_, url_);
    if (!head) return Finish(Fail(std::move(head.error())));
    head_ = std::move(*head);
    if (request_.body.size() <= kJoinedBodyBytes) {
        head_.append(request_.body);
        request_.body.clear();
    }
    total_deadline_ = Clock::now() + limits_.total_timeout;
    connection_ = loop_.TakeIdle(url_);
    if (!connection_) return StartFresh();
    reused_ = true;
    ++connection_number_;
    state_ = State::kSend;
    SetDeadline(total_deadline_);
    Advance();
}

void ExchangeTask::StartFresh() {
    reused_ = false;
    sent_ = 0;
    send_broke_ = false;
    parser_.reset();
    connection_.reset();
    state_ = State::kConnect;
    connect_deadline_ = std::min(total_deadline_, Clock::now() + limits_.connect_timeout);
    auto addresses = loop_.Addresses(url_);
    if (!addresses) return Finish(Fail(std::move(addresses.error())));
    addresses_ = std::move(*addresses);
    std::reverse(addresses_.begin(), addresses_.end());
    connection_ = std::make_unique<Connection>(loop_.context, url_, tls_);
    TryNextAddress();
}

void ExchangeTask::TryNextAddress() {
    while (state_ == State::kConnect && !addresses_.empty()) {
        auto const now = Clock::now();
        if (now >= connect_deadline_) {
            return FailTimeout("connect to", limits_.connect_timeout);
        }
        // A fair share of the time each: a dead IPv6 route must leave some for IPv4.
        auto const share = (connect_deadline_ - now) / static_cast<Clock::rep>(addresses_.size());
        auto const address = addresses_.back();
        addresses_.pop_back();
        ++connection_number_;
        SetDeadline(now + share);
        auto const io = connection_->Connect(address);
        if (io == Io::kWantWrite) return WaitFor(io);
        if (io == Io::kDone) {
            state_ = State::kHandshake;
            SetDeadline(connect_deadline_);
            return Advance();
        }
        if (first_failure_.message.empty()) first_failure_ = connection_->Failure();
    }
    loop_.ForgetAddresses(url_);
    Finish(Fail(first_failure_));
}

void ExchangeTask::WaitFor(Io what) {
    connection_->Wait(what, [self = shared_from_this(),
                             number = connection_number_](boost::system::error_code const& error) {
        if (error == boost::asio::error::operation_aborted || self->state_ == State::kDone ||
            number != self->connection_number_) {
            return;
        }
        self->Advance();
    });
}

// Goes on until the socket would block or the exchange is over.
void ExchangeTask::Advance() {
    while (state_ != State::kDone) {
        switch (auto const io = Step()) {
            case Io::kDone:
                break;
            case Io::kWantRead:
            case Io::kWantWrite:
                return WaitFor(io);
            case Io::kEnd:
                return OnPeerEnd();
            case Io::kFailed:
                return OnFailure();
        }
    }
}

ExchangeTask::Io ExchangeTask::Step() {
    switch (state_) {
        case State::kConnect: {
            auto const io = connection_->FinishConnect();
            if (io == Io::kDone) {
                state_ = State::kHandshake;
                SetDeadline(connect_deadline_);
            }
            return io;
        }
        case State::kHandshake: {
            auto const io = connection_->Handshake();
            if (io == Io::kDone) {
                state_ = State::kSend;
                SetDeadline(total_deadline_);
            }
            return io;
        }
        case State::kSend:
            return Send();
        case State::kReceive:
            return Receive();
        case State::kDone:
            break;
    }
    return Io::kDone;
}

ExchangeTask::Io ExchangeTask::Send() {
    std::string_view rest = head_;
    if (sent_ < head_.size()) {
        rest.remove_prefix(sent_);
    } else {
        rest = std::string_view(request_.body).substr(sent_ - head_.size());
    }
    if (rest.empty()) {
        state_ = State::kReceive;
        // No answer can be there yet; but OpenSSL may hold bytes that the socket no longer shows.
        return tls_ == nullptr ? Io::kWantRead : Io::kDone;
    }
    std::size_t count = 0;
    auto const io = connection_->Write(rest, count);
    sent_ += count;
    if (io == Io::kFailed) {
        // It may have answered before it stopped listening, for example to a body that is too
        // large.
        send_broke_ = true;
        state_ = State::kReceive;
        return Io::kDone;
    }
    return io;
}

ExchangeTask::Io ExchangeTask::Receive() {
    if (!parser_) {
        parser_ = MakeResponseParser(request_.method == "HEAD", request_.max_response_bytes);
    }
    for (;;) {
        std::size_t count = 0;
        auto const io = connection_->Read(loop_.Scratch(), EventLoop::kScratchBytes, count);
        if (io != Io::kDone) return io;
        auto const state = parser_->Feed({loop_.Scratch(), count});
        if (state != MessageParser::State::kNeedMore) {
            OnAnswer(state);
            return Io::kDone;
        }
    }
}

void ExchangeTask::OnAnswer(MessageParser::State state) {
    auto const host = url_.Authority();
    switch (state) {
        case MessageParser::State::kMalformed:
            return Finish(Fail(
                MakeError(ErrorCode::kConnection, "the answer of " + host + " is not HTTP", true)));
        case MessageParser::State::kHeadersTooLarge:
            return Finish(Fail(MakeError(ErrorCode::kTooLarge,
                                         "the answer of " + host + " has headers of over " +
                                             std::to_string(kMaxHeaderBytes) + " bytes",
                                         false)));
        case MessageParser::State::kBodyTooLarge:
            return Finish(Fail(MakeError(ErrorCode::kTooLarge,
                                         "the answer of " + host + " is longer than " +
                                             std::to_string(request_.max_response_bytes) + " bytes",
                                         false)));
        case MessageParser::State::kNeedMore:
        case MessageParser::State::kDone:
            break;
    }
    auto& message = parser_->GetMessage();
    HttpResponse response;
    response.status = message.status;
    response.headers = std::move(message.headers);
    response.body = std::move(message.body);
    response.resent = resent_;
    bool const whole = sent_ == head_.size() + request_.body.size();
    if (whole && !send_broke_ && parser_->KeepsAlive() && parser_->TakeRest().empty() &&
        response.status != 101) {
        connection_->CancelWaits();
        loop_.KeepIdle(std::move(connection_));
    }
    Finish(std::move(response));
}

void ExchangeTask::OnPeerEnd() {
    if (state_ == State::kReceive && parser_ && parser_->HasBegun()) {
        if (auto const state = parser_->FeedEnd(); state == MessageParser::State::kDone) {
            return OnAnswer(state);
        }
    }
    OnFailure();
}

void ExchangeTask::OnFailure() {
    if (state_ == State::kConnect) {
        if (first_failure_.message.empty()) first_failure_ = connection_->Failure();
        return TryNextAddress();
    }
    bool const answered = parser_ && parser_->HasBegun();
    if (reused_ && !answered) {
        if (logger_.Enabled(LogLevel::kDebug)) {
            logger_.Debug("http: a kept connection to " + url_.Authority() +
                          " was closed; connecting again");
        }
        resent_ = sent_ == head_.size() + request_.body.size();
        return StartFresh();
    }
    Error error = connection_->Failure();
    if (state_ == State::kReceive && error.code != ErrorCode::kTls) {
        error = MakeError(ErrorCode::kConnection,
                          url_.Authority() + (answered ? " closed before the answer was whole"
                                                       : " closed before it answered"),
                          true);
    }
    Finish(Fail(std::move(error)));
}

void ExchangeTask::SetDeadline(Clock::time_point time) {
    if (timer_.expiry() == time) return;
    timer_.expires_at(time);
    timer_.async_wait([self = shared_from_this()](boost::system::error_code const& error) {
        if (!error) self->OnDeadline();
    });
}

void ExchangeTask::OnDeadline() {
    // A later deadline may have been set while this call was on its way.
    if (state_ == State::kDone || Clock::now() < timer_.expiry()) return;
    if (state_ == State::kConnect && !addresses_.empty()) return TryNextAddress();
    if (state_ == State::kConnect || state_ == State::kHandshake) {
        bool const total = connect_deadline_ == total_deadline_;
        return FailTimeout(state_ == State::kConnect ? "connect to" : "a TLS handshake with",
                           total ? limits_.total_timeout : limits_.connect_timeout);
    }
    // The process may have been stopped meanwhile, and the answer may have come long ago.
    if (state_ == State::kReceive) {
        auto const io = Receive();
        if (io == Io::kEnd) OnPeerEnd();
        if (state_ == State::kDone) return;
    }
    FailTimeout("an answer of", limits_.total_timeout);
}

void ExchangeTask::FailTimeout(std::string_view doing, std::chrono::milliseconds allowed) {
    loop_.ForgetAddresses(url_);
    std::string message = "timed out: ";
    message.append(doing).append(" ").append(url_.Authority());
    message.append(" took over ").append(std::to_string(allowed.count())).append(" ms");
    Finish(Fail(MakeError(ErrorCode::kTimeout, std::move(message), true)));
}

void ExchangeTask::Finish(Result<HttpResponse> answer) {
    state_ = State::kDone;
    connection_.reset();
    timer_.cancel();
    auto const done = std::exchange(done_, nullptr);
    done(std::move(answer));
}

}  // namespace lddynamo::http
