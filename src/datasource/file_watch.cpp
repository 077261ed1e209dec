#include "datasource/file_watch.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace lddynamo::datasource {
namespace {

// Coarser than the time stamps of any file system in use (FAT: 2 s).
constexpr std::int64_t kDoubtful = std::chrono::nanoseconds(std::chrono::seconds(2)).count();

std::int64_t Nanoseconds(timespec const& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

std::vector<std::optional<FileWatch::Look>> FileWatch::LookAtAll() const {
    std::vector<std::optional<Look>> looks;
    looks.reserve(paths_.size());
    for (std::string const& path : paths_) {
        struct stat info {};
        if (::stat(path.c_str(), &info) != 0) {
            looks.emplace_back(std::nullopt);
        } else {
            looks.push_back(Look{info.st_dev, info.st_ino, info.st_size, Nanoseconds(info.st_mtim),
                                 Nanoseconds(info.st_ctim)});
        }
    }
    return looks;
}

void FileWatch::Mark(std::chrono::system_clock::time_point now) {
    std::int64_t const time = std::chrono::nanoseconds(now.time_since_epoch()).count();
    marked_ = LookAtAll();
    certain_ = std::none_of(marked_.begin(), marked_.end(), [&](std::optional<Look> const& look) {
        return look && look->changed > time - kDoubtful && look->changed < time + kDoubtful;
    });
}

bool FileWatch::HasChanged() const {
    return !certain_ || LookAtAll() != marked_;
}

}  // namespace lddynamo::datasource
