/// @file
/// Files of flags and segments, read and put together.
/// Layer: datasource.
#pragma once

#include <lddynamo/environment.hpp>
#include <lddynamo/feature_store.hpp>
#include <lddynamo/file_data.hpp>
#include <lddynamo/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::datasource {

inline constexpr std::size_t kMaxFlagFileBytes = std::size_t{64} << 20U;

/// One item of a file, under the member that it stands in.
struct FlagFileItem {
    DataKind kind = DataKind::kFeatures;
    std::string key{};
    SerializedItem item{};
};
struct FlagFile {
    std::vector<FlagFileItem> items{};  ///< `flags`, `flagValues`, `segments`, in this order.
    std::vector<std::string> unknown_members{};  ///< Members of the file that mean nothing.
};
/// Reads a file's text: JSON if it begins with `{` (after a byte order mark and white space), else
/// YAML; a text without content is a file without items. Every item must be one that an SDK can
/// use. Items of a JSON file keep the digits of their numbers.
/// @retval ErrorCode::kInvalidData  not of the format; the message has line and column, or the
///                                  item.
[[nodiscard]] Result<FlagFile> ParseFlagFile(std::string_view text);

struct FlagFileData {
    StoreData data{};
    std::vector<std::string> warnings{};  ///< Lines for people: what was ignored.
};
/// @param environment  reads the files.
/// @retval ErrorCode::kInvalidData                a file is wrong, or a key is in two files; the
///                                                message names them.
/// @retval ErrorCode::kNotFound, kIo, kTooLarge   as Environment::ReadFile, of at most
///                                                kMaxFlagFileBytes each.
[[nodiscard]] Result<FlagFileData> ReadFlagFiles(FileDataOptions const& options,
                                                 Environment const& environment);

}  // namespace lddynamo::datasource
