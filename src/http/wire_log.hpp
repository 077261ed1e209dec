/// @file
/// WireLog: what goes over the wire, at trace level, without secrets.
/// Layer: http.
#pragma once

#include "http/proxy.hpp"

#include <lddynamo/http_transport.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::http {

/// One exchange's lines: "http 7 > ..." for what is sent, "http 7 < ..." for what comes back.
/// Values of headers that carry secrets are not shown, nor is anything that repeats them; nor are
/// queries, nor bodies of requests that say so and what their answers have beside. Made only when
/// the logger wants trace lines.
class WireLog {
  public:
    static constexpr std::size_t kMaxBodyBytes = 4096;

    WireLog(Logger logger, std::uint64_t number, bool secret_body)
        : logger_(std::move(logger)), number_(number), secret_body_(secret_body) {}

    void Request(HttpRequest const& request, Route const& route);
    /// @param what  such as "over a kept connection".
    void Note(std::string_view what) const;
    void Answer(HttpResponse const& answer) const;
    void Failure(Error const& error) const;

  private:
    using Clock = std::chrono::steady_clock;
    void Headers(char arrow, HttpHeaders const& headers) const;
    void Body(char arrow, std::string_view body) const;
    void Line(char arrow, std::string_view text) const;
    [[nodiscard]] std::string Redact(std::string_view text) const;
    [[nodiscard]] std::string Milliseconds() const;

    Logger const logger_;
    std::uint64_t const number_;
    bool const secret_body_;
    Clock::time_point const begin_ = Clock::now();
    std::vector<std::string> secrets_;  ///< Sent in headers; an answer may repeat them.
};

}  // namespace lddynamo::http
