/// @file
/// SHA-1, which names the files of the SSO token cache. For nothing else.
/// Layer: aws.
#pragma once

#include <string>
#include <string_view>

namespace lddynamo::aws {

/// 40 hexadecimal digits in lower case.
[[nodiscard]] std::string Sha1Hex(std::string_view data);

}  // namespace lddynamo::aws
