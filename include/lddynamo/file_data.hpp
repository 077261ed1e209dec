/// @file
/// FileDataOptions: flags and segments out of files, for development and tests.
/// Layer: datasource.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace lddynamo {

/// Files in place of LaunchDarkly, of the format that the official SDKs read (ldfiledata in Go).
///
/// A file holds one object with any of
/// - `flags` and `segments`: key to item, as LaunchDarkly's `/sdk/latest-all` gives them; `key` may
///   be left out of an item;
/// - `flagValues`: key to value, for flags that have this value for everybody.
///
/// One that begins with `{` is JSON, any other is YAML, with the scalars of YAML 1.2's core schema
/// (`no` is text), aliases and merge keys. When any file is wrong, none of them counts, and what
/// was read before stays in use.
struct FileDataOptions {
    /// Read in this order.
    std::vector<std::string> paths{};

    enum class DuplicateKeys : std::uint8_t {
        kFail,       ///< A key that is there twice is an error.
        kKeepFirst,  ///< The first one counts; in one file, `flags` come before `flagValues`.
    };
    DuplicateKeys duplicate_keys = DuplicateKeys::kFail;

    /// How often to look whether a file has changed, and to read all of them again if one has;
    /// zero or less: never.
    std::chrono::milliseconds reload_interval{0};
};

}  // namespace lddynamo
