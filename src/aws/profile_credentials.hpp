/// @file
/// Credentials of a profile, sharing files that are read already.
/// Layer: aws.
#pragma once

#include <lddynamo/aws.hpp>

#include "aws/profile_files.hpp"

#include <memory>

namespace lddynamo::aws {

/// As MakeProfileCredentials; the first GetCredentials takes what `files` has, later ones read
/// anew.
[[nodiscard]] std::shared_ptr<CredentialsProvider> MakeProfileCredentials(
    std::shared_ptr<ProfileFiles> files);

}  // namespace lddynamo::aws
