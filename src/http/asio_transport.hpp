/// @file
/// The real transport with its resolver given, for tests.
/// Layer: http.
#pragma once

#include "http/resolver.hpp"

#include <lddynamo/http_transport.hpp>

#include <memory>

namespace lddynamo::http {

/// As MakeHttpTransport.
[[nodiscard]] std::unique_ptr<HttpTransport> MakeAsioTransport(HttpTransportOptions options,
                                                               ResolveFunction resolve);

}  // namespace lddynamo::http
