#include "http/stop_signal.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace lddynamo::http {

void StopSignal::Wake::operator()() const noexcept {
    std::uint64_t const one = 1;
    // It can only fail when it is set already.
    [[maybe_unused]] auto const written = ::write(fd, &one, sizeof one);
}

StopSignal::StopSignal(boost::asio::io_context& context, std::stop_token const& token)
    : descriptor_(context) {
    if (!token.stop_possible()) return;
    int const fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd < 0) return;  // out of descriptors: stopping then waits for the end of an exchange
    boost::system::error_code error;
    descriptor_.assign(fd, error);
    if (error) {
        ::close(fd);
        return;
    }
    callback_.emplace(token, Wake{fd});
}

void StopSignal::Close() {
    callback_.reset();
    boost::system::error_code ignored;
    descriptor_.close(ignored);
}

}  // namespace lddynamo::http
