/// @file
/// DynamoDB's JSON 1.0 protocol over the engine.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/engine.hpp"
#include "dynamodb/memory/service_error.hpp"

#include <lddynamo/http_transport.hpp>
#include <lddynamo/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace lddynamo::dynamodb::memory {

/// The service refuses larger bodies, before it reads them.
inline constexpr std::size_t kMaxBodyBytes = std::size_t{16} * 1024 * 1024;

/// The operation named by an X-Amz-Target header; empty when there is no such operation.
[[nodiscard]] std::string_view OperationOf(std::string_view target);

/// Does one operation. @param unprocessed  of a batch, leave that many of the last entries.
/// @return the JSON of the answer.
[[nodiscard]] Outcome<std::string> Perform(Engine& engine, std::string_view operation,
                                           Value const& parameters, std::size_t unprocessed);

/// The HTTP answers, with request id and checksum.
[[nodiscard]] HttpResponse ToHttp(std::string body);
[[nodiscard]] HttpResponse ToHttp(ServiceError const& error);

}  // namespace lddynamo::dynamodb::memory
