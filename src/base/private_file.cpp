#include "base/private_file.hpp"

#include "base/random.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace lddynamo::base {
namespace {

bool WriteAll(int file, std::string_view content) {
    while (!content.empty()) {
        ssize_t const count = ::write(file, content.data(), content.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return false;
        content.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

}  // namespace

Status WritePrivateFile(std::string const& path, std::string_view content) {
    std::string const temporary = path + "." + RandomUuid() + ".tmp";
    int const file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return Fail(ErrorCode::kIo, path + ": " + std::strerror(errno));
    bool good = WriteAll(file, content) && ::fsync(file) == 0;
    int cause = errno;
    if (::close(file) != 0 && good) {
        good = false;
        cause = errno;
    }
    if (good && ::rename(temporary.c_str(), path.c_str()) != 0) {
        good = false;
        cause = errno;
    }
    if (good) return {};
    ::unlink(temporary.c_str());
    return Fail(ErrorCode::kIo, path + ": " + std::strerror(cause));
}

}  // namespace lddynamo::base
