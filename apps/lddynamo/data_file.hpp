/// @file
/// LaunchDarkly's data file: `{"flags":{...},"segments":{...}}`.
#pragma once

#include <lddynamo/feature_store.hpp>
#include <lddynamo/result.hpp>

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

}  // namespace lddynamo::app
