/// @file
/// The calls of the operating system that the data file needs, whole and with clear errors.
/// Layer: dynamodb (local service).
#pragma once

#include <lddynamo/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lddynamo::dynamodb::local {

/// kIo: "`path`: cannot `what`: " and the text of errno.
[[nodiscard]] Error SystemError(std::string const& path, std::string_view what);
/// Reads up to `size` bytes at `offset`; fewer only at the end of the file. @return false: errno.
[[nodiscard]] bool ReadAt(int file, std::uint64_t offset, std::string& bytes, std::size_t size);
/// Writes all at `offset`. @return false: errno.
[[nodiscard]] bool WriteAt(int file, std::uint64_t offset, std::string_view bytes);
/// Makes a rename or a new file in the directory of `path` durable.
[[nodiscard]] Status SyncDirectoryOf(std::string const& path);

}  // namespace lddynamo::dynamodb::local
