/// @file
/// Reads the files of AWS's published test cases.
#pragma once

#include <lddynamo/value.hpp>

#include <map>
#include <string>
#include <string_view>

namespace lddynamo::vectors {

using StringMap = std::map<std::string, std::string, std::less<>>;

/// The JSON of a file below the folder that LDDYNAMO_AWS_VECTORS names; fails the running test and
/// gives null when it cannot be read.
[[nodiscard]] Value ReadVectors(std::string_view file);
/// The members of an object, which must be strings.
[[nodiscard]] StringMap Strings(Value const& object);

}  // namespace lddynamo::vectors
