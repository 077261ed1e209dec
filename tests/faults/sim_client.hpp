/// @file
/// SimClient: a DynamoDbClient whose requests meet the faults of a World.
#pragma once

#include "faults/world.hpp"

#include <lddynamo/dynamodb_client.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace lddynamo::faults {

/// Does what the real client promises: it sends again now and then by itself, and tells when a
/// condition failed after an answer was lost. Batches are done in parts, in any order.
/// @param page_limit  rows of a Query's page; 0: the service's 1 MB.
[[nodiscard]] std::shared_ptr<DynamoDbClient> MakeSimClient(World& world, std::size_t actor,
                                                            int page_limit);

/// The real client on a transport that meets the faults of a World.
[[nodiscard]] std::shared_ptr<DynamoDbClient> MakeSimHttpClient(World& world, std::size_t actor);

/// What every call of a killed actor ends with.
[[nodiscard]] Error KilledError();

}  // namespace lddynamo::faults
