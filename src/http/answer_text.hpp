/// @file
/// The text of the server's answers.
/// Layer: http.
#pragma once

#include <lddynamo/http_transport.hpp>

#include <ctime>
#include <string>

namespace lddynamo::http {

/// "Sun, 06 Nov 1994 08:49:37 GMT", in English whatever the locale.
[[nodiscard]] std::string HttpDate(std::time_t time);
/// Text that says no more than the status does.
[[nodiscard]] HttpResponse PlainAnswer(int status);
/// Status and headers are such that a client can read them.
[[nodiscard]] bool CanBeSent(HttpResponse const& response) noexcept;
/// Status line, headers and the empty line; Content-Length and, when missing, Date are added.
[[nodiscard]] std::string AnswerHead(HttpResponse const& response, bool keep_alive);
/// Whether an answer of that status has a body at all.
[[nodiscard]] constexpr bool HasBody(int status) noexcept {
    return status != 204 && status != 304;
}

}  // namespace lddynamo::http
