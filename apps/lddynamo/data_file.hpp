/// @file
/// LaunchDarkly's data file: `{"flags":{...},"segments":{...}}`.
#pragma once

#include <lddynamo/feature_store.hpp>
#include <lddynamo/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::app {

struct DataFile {
    StoreData data{};
    std::vector<std::string> warnings{};  ///< Members of the document that mean nothing here.
};

/// Reads and checks the whole document: every item must be one that an SDK can use, under the key
/// that it names itself. Items keep their text but for insignificant white space.
/// @param name  the document's name for messages.
/// @retval ErrorCode::kInvalidData  no JSON (with line and column), not of this form, or an item
/// that is
///                                  wrong; the message has the item's kind and key.
[[nodiscard]] Result<DataFile> ParseDataFile(std::string_view name, std::string_view text);

/// Reads and checks the file that the user named; "-" is stdin. What is ignored is written to
/// stderr.
/// @retval ErrorCode::kInvalidArgument  there is no such file.
/// @retval ErrorCode::kInvalidData, kIo, kTooLarge
[[nodiscard]] Result<DataFile> ReadDataFile(std::string const& file);

/// The text of a file that the command line names.
/// @retval ErrorCode::kInvalidArgument  there is no such file; kNotFound has an exit code for
///                                      something else (docs/cli.md).
/// @retval ErrorCode::kIo, kTooLarge
[[nodiscard]] Result<std::string> ReadNamedFile(std::string const& file, std::size_t max_bytes);

}  // namespace lddynamo::app
