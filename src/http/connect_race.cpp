#include "http/connect_race.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace lddynamo::http {

std::vector<SocketAddress> Interleave(std::vector<SocketAddress> addresses) {
    if (addresses.size() > 1) {
        // The family that the system puts first stays first (RFC 6724 knows the routes).
        auto const first = addresses.front().storage.ss_family;
        auto const rest = std::stable_partition(
            addresses.begin(), addresses.end(),
            [first](SocketAddress const& address) { return address.storage.ss_family == first; });
        std::vector<SocketAddress> mixed;
        mixed.reserve(addresses.size());
        for (auto a = addresses.begin(), b = rest; a != rest || b != addresses.end();) {
            if (a != rest) mixed.push_back(*a++);
            if (b != addresses.end()) mixed.push_back(*b++);
        }
        addresses = std::move(mixed);
    }
    if (addresses.size() > kMaxAddresses) addresses.resize(kMaxAddresses);
    return addresses;
}

ConnectRace::ConnectRace(boost::asio::io_context& context, Route route, TlsContext* tls,
                         std::vector<SocketAddress> addresses, Clock::time_point deadline,
                         Done done)
    : context_(context),
      route_(std::move(route)),
      tls_(tls),
      addresses_(Interleave(std::move(addresses))),
      deadline_(deadline),
      done_(std::move(done)),
      stagger_(context) {
    std::reverse(addresses_.begin(), addresses_.end());
}

void ConnectRace::Start() {
    TryNext();
}

void ConnectRace::Cancel() {
    done_ = nullptr;
    stagger_.cancel();
    attempts_.clear();
    addresses_.clear();
}

void ConnectRace::TryNext() {
    while (done_ && !addresses_.empty()) {
        auto const address = addresses_.back();
        addresses_.pop_back();
        auto connection = std::make_unique<Connection>(context_, route_, tls_);
        auto const io = connection->Connect(address);
        if (io == Connection::Io::kDone) return Finish(std::move(connection));
        if (io == Connection::Io::kWantWrite) {
            auto const number = ++last_number_;
            connection->Wait(
                io, [self = shared_from_this(), number](boost::system::error_code const& error) {
                    if (error != boost::asio::error::operation_aborted) self->OnReady(number);
                });
            attempts_.push_back({number, std::move(connection)});
            return ScheduleNext();
        }
        NoteFailure(*connection);
    }
    if (done_ && attempts_.empty()) Finish(Fail(first_failure_));
}

void ConnectRace::ScheduleNext() {
    if (addresses_.empty()) return;
    // With little time left, all of them still get their turn.
    auto const now = Clock::now();
    auto const share = (deadline_ - now) / static_cast<Clock::rep>(addresses_.size() + 1);
    stagger_.expires_at(now + std::min<Clock::duration>(share, kStagger));
    stagger_.async_wait([self = shared_from_this()](boost::system::error_code const& error) {
        if (!error) self->TryNext();
    });
}

void ConnectRace::OnReady(std::uint64_t number) {
    auto const attempt =
        std::find_if(attempts_.begin(), attempts_.end(),
                     [number](Attempt const& each) { return each.number == number; });
    if (attempt == attempts_.end()) return;
    auto connection = std::move(attempt->connection);
    attempts_.erase(attempt);
    if (connection->FinishConnect() == Connection::Io::kDone) return Finish(std::move(connection));
    NoteFailure(*connection);
    connection.reset();
    TryNext();
}

void ConnectRace::NoteFailure(Connection const& connection) {
    if (first_failure_.message.empty()) first_failure_ = connection.Failure();
}

void ConnectRace::Finish(Result<std::unique_ptr<Connection>> result) {
    auto const done = std::exchange(done_, nullptr);
    Cancel();
    done(std::move(result));
}

}  // namespace lddynamo::http
