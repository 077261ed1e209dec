/// @file
/// Running another program and taking what it prints.
/// Layer: base.
#pragma once

#include <lddynamo/result.hpp>

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

namespace lddynamo::base {

struct ProcessLimits {
    std::size_t max_output = 1U << 20U;  ///< More on stdout is an error.
    std::size_t max_error_text = 4096;   ///< More on stderr is dropped.
    std::chrono::milliseconds timeout{60000};
    std::stop_token stop{};
};

struct ProcessOutput {
    int exit_code = 0;  ///< 128 and the signal's number when a signal ended it.
    std::string output{};
    std::string error_text{};
};

/// Runs a program without a shell, with an empty stdin and this process's environment, and waits
/// for its end; one that takes too long, prints too much or is to be stopped is killed.
/// @param arguments  the program, looked up in PATH, and its arguments; not empty.
/// @retval ErrorCode::kIo        it cannot be started.
/// @retval ErrorCode::kTimeout   it was killed.
/// @retval ErrorCode::kTooLarge  it was killed.
/// @retval ErrorCode::kCancelled  it was killed.
[[nodiscard]] Result<ProcessOutput> RunProcess(std::vector<std::string> const& arguments,
                                               ProcessLimits const& limits = {});

}  // namespace lddynamo::base
