#include "http/exchange.hpp"

#include "http/http_message.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace lddynamo::http {
namespace {

constexpr std::size_t kJoinedBodyBytes = 32U << 10U;  // shorter bodies go with the headers
// So much is read before timers and other exchanges get their turn: a peer that always has more to
// say must not keep them waiting.
constexpr int kStepsPerTurn = 64;

Error MakeError(ErrorCode code, std::string message, bool retryable) {
    Error error;
    error.code = code;
    error.message = std::move(message);
    error.retryable = retryable;
    return error;
}

}  // namespace

ExchangeTask::ExchangeTask(EventLoop& loop, HttpRequest request, Route route, TlsContext* tls,
                           Limits limits, Logger logger, std::uint64_t number, Done done)
    : loop_(loop),
      request_(std::move(request)),
      route_(std::move(route)),
      tls_(tls),
      limits_(limits),
      logger_(std::move(logger)),
      number_(number),
      done_(std::move(done)),
      timer_(loop.context) {
}

void ExchangeTask::Start() {
    auto head = SerializeHead(request_, route_);
    if (!head) return Finish(Fail(std::move(head.error())));
    if (logger_.Enabled(LogLevel::kTrace)) {
        wire_log_ = std::make_unique<WireLog>(logger_, number_, request_.secret_body);
        wire_log_->Request(request_, route_);
    }
    head_ = std::move(*head);
    if (request_.body.size() <= kJoinedBodyBytes) {
        head_.append(request_.body);
        request_.body.clear();
    }
    total_deadline_ = Clock::now() + limits_.total_timeout;
    connection_ = loop_.TakeIdle(route_);
    if (!connection_) return StartFresh();
    if (wire_log_) wire_log_->Note("over a kept connection");
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
    auto addresses = loop_.Addresses(route_.Hop());
    if (!addresses) {
        Error error = std::move(addresses.error());
        if (route_.proxy) error.message = route_.DescribeHop() + ": " + error.message;
        return Finish(Fail(std::move(error)));
    }
    SetDeadline(connect_deadline_);
    if (Clock::now() >= connect_deadline_) return OnDeadline();  // the resolver took it all
    // The deadline's timer keeps this alive, and ends the race.
    auto const race = std::make_shared<ConnectRace>(
        loop_.context, route_, tls_, std::move(*addresses), connect_deadline_,
        [weak = weak_from_this()](Result<std::unique_ptr<Connection>> connection) {
            if (auto const self = weak.lock()) self->OnConnected(std::move(connection));
        });
    race_ = race;
    race->Start();
}

void ExchangeTask::OnConnected(Result<std::unique_ptr<Connection>> connection) {
    race_.reset();
    if (!connection) {
        loop_.ForgetAddresses(route_.Hop());
        return Finish(Fail(std::move(connection.error())));
    }
    connection_ = std::move(*connection);
    if (wire_log_) wire_log_->Note("over a new connection");
    ++connection_number_;
    state_ = State::kProxyHandshake;
    Advance();
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

// Goes on until the socket would block, the exchange is over, or it is the turn of others.
void ExchangeTask::Advance() {
    for (int step = 0; state_ != State::kDone; ++step) {
        if (step == kStepsPerTurn) {
            // Not by a wait: OpenSSL may hold bytes that the socket no longer shows.
            boost::asio::post(loop_.context, [self = shared_from_this()] { self->Advance(); });
            return;
        }
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
        case State::kConnect:
            break;  // the race's
        case State::kProxyHandshake: {
            auto const io = connection_->HandshakeWithProxy();
            if (io == Io::kDone) {
                if (route_.IsTunnel()) tunnel_ = std::make_unique<Tunnel>(route_);
                state_ = tunnel_ ? State::kTunnel : State::kHandshake;
            }
            return io;
        }
        case State::kTunnel: {
            auto const io = tunnel_->Step(*connection_, loop_.Scratch(), EventLoop::kScratchBytes);
            if (io == Io::kDone) state_ = State::kHandshake;
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
        return route_.NeedsTls() ? Io::kDone : Io::kWantRead;
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
        // What a receiver takes may be of any length; what it does not take is counted there.
        auto const limit = request_.receiver ? std::numeric_limits<std::size_t>::max()
                                             : request_.max_response_bytes;
        parser_ = MakeResponseParser(request_.method == "HEAD", limit);
        streaming_ = request_.receiver ? Streaming::kUndecided : Streaming::kNo;
    }
    std::size_t count = 0;
    auto const io = connection_->Read(loop_.Scratch(), EventLoop::kScratchBytes, count);
    if (io != Io::kDone) return io;
    auto state = parser_->Feed({loop_.Scratch(), count});
    if (request_.receiver && !HandBodyOver()) return Io::kDone;
    if (streaming_ == Streaming::kNo && request_.receiver &&
        parser_->GetMessage().body.size() > request_.max_response_bytes) {
        state = MessageParser::State::kBodyTooLarge;
    }
    if (state != MessageParser::State::kNeedMore) OnAnswer(state);
    return Io::kDone;
}

// False: the exchange is over.
bool ExchangeTask::HandBodyOver() {
    if (!parser_->IsHeaderDone()) return true;
    auto& message = parser_->GetMessage();
    if (streaming_ == Streaming::kUndecided) {
        if (message.status / 100 == 1) return true;  // an interim answer
        HttpResponse head;
        head.status = message.status;
        head.headers = message.headers;
        head.resent = resent_;
        bool const takes = !IsRefusedByProxy() && request_.receiver->OnHead(head);
        streaming_ = takes ? Streaming::kYes : Streaming::kNo;
        if (takes && wire_log_) wire_log_->Answer(head);
    }
    if (streaming_ == Streaming::kNo) return true;
    // The timer is not set anew for each piece: it looks when it rings.
    bool const first = idle_deadline_ == Clock::time_point();
    idle_deadline_ = Clock::now() + request_.idle_timeout;
    if (first) SetDeadline(idle_deadline_);
    if (message.body.empty()) return true;
    bool const go_on = request_.receiver->OnBody(message.body);
    message.body.clear();
    if (!go_on) Cancel();
    return go_on;
}

void ExchangeTask::OnAnswer(MessageParser::State state) {
    auto const host = route_.Describe();
    switch (state) {
        case MessageParser::State::kMalformed:
            return Finish(Fail(
                MakeError(ErrorCode::kConnection, "the answer of " + host + " is not HTTP", true)));
        case MessageParser::State::kHeadersTooLarge:
            return Finish(Fail(MakeError(
                ErrorCode::kTooLarge, "the answer of " + host + " has " + kTooManyHeaders, false)));
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
    if (IsRefusedByProxy()) return Finish(Fail(ProxyRefusal(route_, message.status)));
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

// A server behind a tunnel or straight ahead has no say in this.
bool ExchangeTask::IsRefusedByProxy() const {
    return route_.proxy && !route_.IsTunnel() && parser_->GetMessage().status == 407;
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
    bool const answered = parser_ && parser_->HasBegun();
    if (reused_ && !answered) {
        if (logger_.Enabled(LogLevel::kDebug)) {
            logger_.Debug("http: a kept connection to " + route_.Describe() +
                          " was closed; connecting again");
        }
        resent_ = sent_ == head_.size() + request_.body.size();
        return StartFresh();
    }
    // Proxies that did not read the whole request may cut their own answer short.
    if (answered && parser_->IsHeaderDone() && IsRefusedByProxy()) {
        return Finish(Fail(ProxyRefusal(route_, parser_->GetMessage().status)));
    }
    Error error = state_ == State::kTunnel ? tunnel_->Failure() : connection_->Failure();
    if (state_ == State::kReceive && error.code != ErrorCode::kTls) {
        error = MakeError(ErrorCode::kConnection,
                          route_.Describe() + (answered ? " closed before the answer was whole"
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
    if (streaming_ == Streaming::kYes && Clock::now() < idle_deadline_) {
        return SetDeadline(idle_deadline_);
    }
    if (state_ < State::kSend) {
        auto const hop = route_.DescribeHop();
        std::string const what = state_ == State::kConnect          ? "connect to " + hop
                                 : state_ == State::kProxyHandshake ? "a TLS handshake with " + hop
                                 : state_ == State::kTunnel
                                     ? "the tunnel of " + hop + " to " + route_.url.Authority()
                                     : "a TLS handshake with " + route_.Describe();
        bool const total = connect_deadline_ == total_deadline_;
        return FailTimeout(what, total ? limits_.total_timeout : limits_.connect_timeout);
    }
    // The process may have been stopped meanwhile, and the answer may have come long ago.
    for (int step = 0; state_ == State::kReceive && step < kStepsPerTurn; ++step) {
        auto const io = Receive();
        if (io == Io::kEnd) OnPeerEnd();
        if (io != Io::kDone) break;
    }
    if (state_ == State::kDone) return;
    if (streaming_ == Streaming::kYes) {
        if (Clock::now() < idle_deadline_) return SetDeadline(idle_deadline_);
        return Finish(Fail(MakeError(ErrorCode::kTimeout,
                                     "timed out: nothing came from " + route_.Describe() + " for " +
                                         std::to_string(request_.idle_timeout.count()) + " ms",
                                     true)));
    }
    FailTimeout("an answer of " + route_.Describe(), limits_.total_timeout);
}

void ExchangeTask::FailTimeout(std::string const& what, std::chrono::milliseconds allowed) {
    loop_.ForgetAddresses(route_.Hop());
    Finish(Fail(MakeError(
        ErrorCode::kTimeout,
        "timed out: " + what + " took over " + std::to_string(allowed.count()) + " ms", true)));
}

void ExchangeTask::Cancel() {
    if (state_ == State::kDone) return;
    Finish(Fail(ErrorCode::kCancelled, "the call to " + route_.url.Authority() + " was cancelled"));
}

void ExchangeTask::Finish(Result<HttpResponse> answer) {
    state_ = State::kDone;
    if (race_) race_->Cancel();
    race_.reset();
    connection_.reset();
    timer_.cancel();
    if (wire_log_) {
        if (!answer) {
            wire_log_->Failure(answer.error());
        } else if (streaming_ == Streaming::kYes) {
            wire_log_->Note("the answer ended");
        } else {
            wire_log_->Answer(*answer);
        }
    }
    auto const done = std::exchange(done_, nullptr);
    done(std::move(answer));
}

}  // namespace lddynamo::http
