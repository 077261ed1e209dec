/// @file
/// What every credentials provider checks before it hands out credentials.
/// Layer: aws.
#pragma once

#include <lddynamo/aws.hpp>

#include <string_view>

namespace lddynamo::aws {

/// Both keys are there, and nothing in them would break an HTTP header.
/// @param where  for the message: "environment", "profile dev".
/// @retval ErrorCode::kCredentials  the message names the field, never its content.
[[nodiscard]] Status CheckCredentials(AwsCredentials const& credentials, std::string_view where);

}  // namespace lddynamo::aws
