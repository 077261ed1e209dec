/// @file
/// FailureOf: the error of what must have failed.
#pragma once

#include <lddynamo/result.hpp>

#include <stdexcept>
#include <utility>

namespace lddynamo::test_support {

/// The error. Of a Result that has none, error() would be undefined: this throws, which fails the
/// test and leaves the others to run.
template <class T>
[[nodiscard]] Error FailureOf(Result<T> result) {
    if (result) throw std::logic_error("what was to fail has succeeded");
    return std::move(result.error());
}

}  // namespace lddynamo::test_support
