/// @file
/// Which AWS region requests go to.
/// Layer: aws. Source: docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
#pragma once

#include <lddynamo/environment.hpp>
#include <lddynamo/result.hpp>

#include "aws/profile_files.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace lddynamo::aws {

/// A region becomes part of a host name: letters, digits and dashes, at most 63, no dash at the
/// ends.
/// @param where  for the message: "AWS_REGION".
/// @retval ErrorCode::kInvalidArgument
[[nodiscard]] Status CheckRegion(std::string_view region, std::string_view where);

/// Code, AWS_REGION, AWS_DEFAULT_REGION, the profile's `region`, `ask_instance`; files are read
/// only for the profile.
/// @param in_code       empty: not given.
/// @param ask_instance  the last resort, asked when nothing else knows; empty: there is none.
/// @retval ErrorCode::kInvalidArgument  none found, with the places that were looked at; or
/// malformed.
[[nodiscard]] Result<std::string> ResolveRegion(
    std::string_view in_code, Environment const& environment, ProfileFiles& files,
    std::function<Result<std::string>()> const& ask_instance = {});

}  // namespace lddynamo::aws
