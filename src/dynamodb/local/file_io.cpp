#include "dynamodb/local/file_io.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace lddynamo::dynamodb::local {

Error SystemError(std::string const& path, std::string_view what) {
    int const code = errno;
    Error error;
    error.code = ErrorCode::kIo;
    error.message =
        path + ": cannot " + std::string(what) + ": " + std::generic_category().message(code);
    return error;
}

bool ReadAt(int file, std::uint64_t offset, std::string& bytes, std::size_t size) {
    bytes.resize(size);
    std::size_t done = 0;
    while (done < size) {
        auto const count =
            ::pread(file, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return false;
        if (count == 0) break;
        done += static_cast<std::size_t>(count);
    }
    bytes.resize(done);
    return true;
}

bool WriteAt(int file, std::uint64_t offset, std::string_view bytes) {
    while (!bytes.empty()) {
        auto const count = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return false;
        offset += static_cast<std::uint64_t>(count);
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

Status SyncDirectoryOf(std::string const& path) {
    std::size_t const slash = path.rfind('/');
    std::string const directory = slash == std::string::npos ? "."
                                  : slash == 0               ? "/"
                                                             : path.substr(0, slash);
    int const file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return Fail(SystemError(directory, "open the directory"));
    Status status{};
    if (::fsync(file) != 0) status = Fail(SystemError(directory, "sync the directory"));
    ::close(file);
    return status;
}

}  // namespace lddynamo::dynamodb::local
