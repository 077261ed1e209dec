/// @file
/// What an Init did, for people and for programs.
#pragma once

#include <lddynamo/feature_store.hpp>

#include <cstddef>
#include <string>

namespace lddynamo::app {

/// One line of JSON, with its newline.
[[nodiscard]] std::string InitReportJson(InitReport const& report);
/// The same as text. @param flags, segments  how many the data had.
[[nodiscard]] std::string InitReportText(InitReport const& report, std::size_t flags,
                                         std::size_t segments);
/// Says on stderr what stays otherwise than the data have it.
void NoteWhatInitLeft(InitReport const& report);

}  // namespace lddynamo::app
