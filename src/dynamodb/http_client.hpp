/// @file
/// The real client with its randomness given, for tests.
/// Layer: dynamodb.
#pragma once

#include <lddynamo/dynamodb_client.hpp>

#include "base/random.hpp"

#include <memory>

namespace lddynamo::dynamodb {

/// As MakeDynamoDbClient. @param random  the jitter of pauses.
[[nodiscard]] Result<std::shared_ptr<DynamoDbClient>> MakeHttpDynamoDbClient(
    DynamoDbClientOptions options, base::RandomFraction random);

}  // namespace lddynamo::dynamodb
