/// @file
/// FileWatch: whether files have changed, by what the file system says of them.
/// Layer: datasource.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lddynamo::datasource {

/// Asks instead of being told (inotify): that works on every file system and with files that are
/// replaced, linked to, or not there yet.
/// @par Thread safety  None.
/// @par Blocking       On the file system.
class FileWatch {
  public:
    explicit FileWatch(std::vector<std::string> paths) : paths_(std::move(paths)) {}

    /// Call it before the files are read, so that what changes meanwhile is a change.
    /// @param now  by the clock that the files' times are from: the machine's.
    void Mark(std::chrono::system_clock::time_point now = std::chrono::system_clock::now());
    /// Whether a file is not as it was at the last Mark; also when it was written so shortly before
    /// it that a further write need not show. True before the first Mark.
    [[nodiscard]] bool HasChanged() const;

  private:
    struct Look {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::int64_t size = 0;
        std::int64_t modified = 0;  // nanoseconds of Unix time
        std::int64_t changed = 0;   // cannot be set back, as `modified` can
        friend bool operator==(Look const&, Look const&) = default;
    };
    [[nodiscard]] std::vector<std::optional<Look>> LookAtAll() const;

    std::vector<std::string> const paths_;
    std::vector<std::optional<Look>> marked_;  // nullopt: there is none that can be seen
    bool certain_ = false;
};

}  // namespace lddynamo::datasource
