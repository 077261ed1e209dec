/// @file
/// Credentials that a program of the user's prints.
/// Layer: aws. Source: docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
#pragma once

#include "aws/credentials_context.hpp"

#include <string>

namespace lddynamo::aws {

/// Runs the profile's credential_process, without a shell and for at most a minute, or until the
/// context's stop.
/// @retval ErrorCode::kCredentials  it cannot run, fails (its stderr is the text), or prints
///                                  anything but the documented JSON, which is never repeated.
[[nodiscard]] Result<AwsCredentials> FetchFromProcess(CredentialsContext const& context,
                                                      std::string const& command,
                                                      std::string const& where);

}  // namespace lddynamo::aws
