/// @file
/// Which file of trusted roots the user names.
/// Layer: aws.
#pragma once

#include "aws/profile_files.hpp"

#include <string>

namespace lddynamo::aws {

/// AWS_CA_BUNDLE, else the profile's `ca_bundle`; empty when neither says one.
[[nodiscard]] Result<std::string> FindCaFile(Environment const& environment, ProfileFiles& files);

}  // namespace lddynamo::aws
