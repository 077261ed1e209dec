/// @file
/// Writing a file that only its owner may read.
/// Layer: base.
#pragma once

#include <lddynamo/result.hpp>

#include <string>
#include <string_view>

namespace lddynamo::base {

/// Replaces a file as a whole (readers see the old or the new one), with mode 0600.
/// @retval ErrorCode::kIo  the message has the path and the cause; the old file is untouched.
[[nodiscard]] Status WritePrivateFile(std::string const& path, std::string_view content);

}  // namespace lddynamo::base
