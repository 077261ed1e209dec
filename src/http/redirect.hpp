/// @file
/// Redirects: where an answer sends a request on to.
/// Layer: http. Source: RFC 9110, 15.4; what Go's http.Client does with it.
#pragma once

#include <lddynamo/http_transport.hpp>
#include <lddynamo/result.hpp>

#include <optional>

namespace lddynamo::http {

/// A request is sent on no more often.
inline constexpr int kMaxRedirects = 10;

/// The request that follows: of a GET after 301, 302, 303, 307 and 308, of others after 307 and
/// 308. Headers go along, secrets too: so only within the host, or to a host of its domain, and
/// never from https to http.
/// @return nullopt: the answer is the answer.
/// @retval ErrorCode::kConnection  a place that the request must not be sent on to; the message
///                                 names its host.
[[nodiscard]] Result<std::optional<HttpRequest>> Redirected(HttpRequest const& request,
                                                            HttpResponse const& answer);

/// HttpTransport::Send, as often as it takes.
/// @retval ErrorCode::kConnection  as Redirected, or sent on too often.
/// @retval others                  as HttpTransport::Send.
[[nodiscard]] Result<HttpResponse> SendOn(HttpTransport& transport, HttpRequest request);

/// What is wrong when a request was sent on too often.
[[nodiscard]] Error TooManyRedirects();

}  // namespace lddynamo::http
