/// @file
/// RunOperation: one step of a case of the differential run.
#pragma once

#include <lddynamo/client.hpp>
#include <lddynamo/context.hpp>
#include <lddynamo/result.hpp>
#include <lddynamo/value.hpp>

namespace lddynamo::differential {

/// @param operation  as run.py describes it; anything but a flush.
/// @return the line to print. @retval ErrorCode::kInvalidArgument  no such operation.
[[nodiscard]] Result<Value> RunOperation(Client& client, Value const& operation,
                                         Context const& context);

}  // namespace lddynamo::differential
