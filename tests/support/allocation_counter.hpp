/// @file
/// Counts calls of the global operator new, in programs that link allocation_counter.cpp.
#pragma once

#include <cstdint>

namespace lddynamo::test_support {

/// Allocations of the calling thread since it began.
[[nodiscard]] std::uint64_t AllocationCount() noexcept;

}  // namespace lddynamo::test_support
