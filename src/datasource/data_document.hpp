/// @file
/// LaunchDarkly's document of all flags and segments: `{"flags":{...},"segments":{...}}`.
/// Layer: datasource.
#pragma once

#include <lddynamo/feature_store.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::datasource {

struct DataDocument {
    StoreData data{};
    std::vector<ItemNote> skipped{};             ///< Items that no store takes, and why.
    std::vector<std::string> unknown_members{};  ///< Those of the document that mean nothing here.
};

struct DocumentRules {
    /// Take white space between tokens out of the items' texts; else they keep every byte.
    bool minify = false;
    /// What LaunchDarkly sent: items are taken as TakeItem does, and those whose key no store takes
    /// are left out. Else each must be right, and name the key that it stands under.
    bool from_service = false;
};

/// Reads and checks the whole document: every item must be one that an SDK can use. One of the two
/// maps may be missing or null.
/// @retval ErrorCode::kInvalidData  no JSON (with line and column), not of this form, or an item
///                                  that is wrong; the message has the item's kind and key.
[[nodiscard]] Result<DataDocument> ParseDataDocument(std::string_view text,
                                                     DocumentRules const& rules);
/// The same for text that is known to be valid JSON.
[[nodiscard]] Result<DataDocument> ParseValidDataDocument(std::string_view text,
                                                          DocumentRules const& rules);

/// Of an item that no store takes: the first 64 bytes of its key, and why.
[[nodiscard]] ItemNote MakeLeftOut(DataKind kind, std::string_view key, std::string why);
/// One line for people.
[[nodiscard]] std::string DescribeLeftOut(ItemNote const& note);
/// Warns of each item that no store takes.
void LogLeftOut(Logger const& logger, std::vector<ItemNote> const& skipped);

/// One item of which the JSON is known to be valid: key, version and all that an SDK decodes.
/// @retval ErrorCode::kInvalidData  it is wrong.
[[nodiscard]] Result<SerializedItem> ReadItem(DataKind kind, std::string_view key,
                                              std::string json);
/// The same, but as the Go SDK takes what LaunchDarkly sends: the key that it comes under counts,
/// whether it names that, another or none (then it is put in, for all who read it from a store),
/// and the whole part of a version.
/// @retval ErrorCode::kInvalidData  it does not decode, or the version is negative.
[[nodiscard]] Result<SerializedItem> TakeItem(DataKind kind, std::string_view key,
                                              std::string json);
/// The item with its key in it, if it has none. @param json  valid.
[[nodiscard]] std::string WithKey(std::string_view key, std::string_view json);
/// Why no store takes an item of that key; empty: they do.
[[nodiscard]] std::string WhyUnstorable(std::string_view key);

}  // namespace lddynamo::datasource
