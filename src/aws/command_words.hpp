/// @file
/// Splitting a credential_process into words, without a shell.
/// Layer: aws. Source: docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
#pragma once

#include <lddynamo/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::aws {

/// White space separates words. "..." keeps it, and in it \" and \\ stand for " and \; '...' keeps
/// everything; outside of both, \ keeps the next character. Nothing else is special.
/// @retval ErrorCode::kInvalidArgument  no word, an open quote, a NUL or a \ at the end. The
/// message
///                                      never repeats the text.
[[nodiscard]] Result<std::vector<std::string>> SplitCommand(std::string_view text);

}  // namespace lddynamo::aws
