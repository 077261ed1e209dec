/// @file
/// The command line's grammar.
#pragma once

#include "lddynamo/arguments.hpp"

#include <optional>
#include <string>

namespace lddynamo::app {

/// Either arguments to act on, or a text to print and an exit code.
struct ParsedCommandLine {
    std::optional<Arguments> arguments{};
    int exit_code = kDone;
    std::string out{};  ///< Help or version, for stdout.
    std::string err{};  ///< What is wrong, for stderr.
};

[[nodiscard]] ParsedCommandLine ParseCommandLine(int argc, char const* const* argv,
                                                 Environment const& environment);

}  // namespace lddynamo::app
