/// @file
/// Capabilities: which of the harness's tests concern this client.
#pragma once

#include <string_view>
#include <vector>

namespace lddynamo::contract {

/// All that a server-side client can declare, with DynamoDB as the database.
/// @param retry_conformance  as ServiceOptions has it.
[[nodiscard]] std::vector<std::string_view> Capabilities(bool retry_conformance);

}  // namespace lddynamo::contract
