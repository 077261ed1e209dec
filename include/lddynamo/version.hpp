/// @file
/// The library's version.
/// Layer: base.
#pragma once

#include <string_view>

namespace lddynamo {

/// "major.minor.patch" of the library that is linked, as in the CHANGELOG.
[[nodiscard]] std::string_view Version() noexcept;

}  // namespace lddynamo
