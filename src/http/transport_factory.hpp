/// @file
/// TransportFactory: makes a transport that a stop ends.
/// Layer: http.
#pragma once

#include <lddynamo/http_transport.hpp>

#include <functional>
#include <memory>
#include <stop_token>

namespace lddynamo::http {

/// @param stop  when stopped, calls of that transport end at once (HttpTransportOptions::stop).
using TransportFactory = std::function<std::unique_ptr<HttpTransport>(std::stop_token stop)>;

}  // namespace lddynamo::http
