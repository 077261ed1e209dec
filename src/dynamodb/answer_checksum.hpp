/// @file
/// The checksum that DynamoDB sends with its answers.
/// Layer: dynamodb.
#pragma once

#include <lddynamo/http_transport.hpp>

namespace lddynamo::dynamodb {

/// Whether the body has the CRC-32 that x-amz-crc32 gives; true when there is no such header, or
/// when it is no number.
[[nodiscard]] bool HasMatchingChecksum(HttpResponse const& answer);

}  // namespace lddynamo::dynamodb
