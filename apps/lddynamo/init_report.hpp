/// @file
/// What an Init did, for people and for programs.
#pragma once

#include <lddynamo/feature_store.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace lddynamo::app {

/// One line of JSON, with its newline.
/// @param left_out  items that were not among the data as no table takes their keys; null: of a
///                  command that refuses such data.
[[nodiscard]] std::string InitReportJson(InitReport const& report,
                                         std::vector<ItemNote> const* left_out = nullptr);
/// The same as text. @param flags, segments  how many the data had.
[[nodiscard]] std::string InitReportText(InitReport const& report, std::size_t flags,
                                         std::size_t segments);
/// Says on stderr what stays otherwise than the data have it.
void NoteWhatInitLeft(InitReport const& report);

}  // namespace lddynamo::app
