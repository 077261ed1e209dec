#include <lddynamo/environment.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

namespace lddynamo {
namespace {

/// Closes a file descriptor.
class FileDescriptor {
  public:
    explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
    FileDescriptor(FileDescriptor const&) = delete;
    FileDescriptor& operator=(FileDescriptor const&) = delete;
    ~FileDescriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int Get() const noexcept { return fd_; }

  private:
    int fd_;
};

Result<std::string> ReadError(std::string const& path, int error) {
    auto const code = error == ENOENT || error == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo;
    return Fail(code, path + ": " + std::strerror(error));
}

class RealEnvironment final : public Environment {
  public:
    [[nodiscard]] std::optional<std::string> Get(std::string_view name) const override {
        char const* const value = std::getenv(std::string(name).c_str());
        if (value == nullptr) return std::nullopt;
        return std::string(value);
    }

    [[nodiscard]] Result<std::string> ReadFile(std::string const& path,
                                               std::size_t max_bytes) const override {
        // O_NONBLOCK: a FIFO in the place of a file must not hang the open.
        FileDescriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
        if (file.Get() < 0) return ReadError(path, errno);
        struct stat info {};
        if (::fstat(file.Get(), &info) != 0) return ReadError(path, errno);
        if (!S_ISREG(info.st_mode)) return Fail(ErrorCode::kIo, path + ": not a regular file");
        std::string content;
        // What it claims to hold; it may still grow or shrink.
        content.reserve(std::min(static_cast<std::size_t>(info.st_size), max_bytes));
        char buffer[16384];
        for (;;) {
            ssize_t const count = ::read(file.Get(), buffer, sizeof buffer);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return ReadError(path, errno);
            if (count == 0) return content;
            content.append(buffer, static_cast<std::size_t>(count));
            if (content.size() > max_bytes) {
                return Fail(ErrorCode::kTooLarge,
                            path + ": longer than " + std::to_string(max_bytes) + " bytes");
            }
        }
    }
};

}  // namespace

std::optional<std::string> Environment::GetNonEmpty(std::string_view name) const {
    auto value = Get(name);
    if (value && value->empty()) value.reset();
    return value;
}

Environment& ProcessEnvironment() noexcept {
    // Never destroyed, as the system's clock.
    alignas(RealEnvironment) static std::array<std::byte, sizeof(RealEnvironment)> storage;
    static auto* const environment = new (storage.data()) RealEnvironment;
    return *environment;
}

std::optional<std::string> MapEnvironment::Get(std::string_view name) const {
    auto const it = variables_.find(name);
    if (it == variables_.end()) return std::nullopt;
    return it->second;
}

Result<std::string> MapEnvironment::ReadFile(std::string const& path, std::size_t max_bytes) const {
    auto const it = files_.find(path);
    if (it == files_.end()) return ReadError(path, ENOENT);
    if (it->second.size() > max_bytes) {
        return Fail(ErrorCode::kTooLarge,
                    path + ": longer than " + std::to_string(max_bytes) + " bytes");
    }
    return it->second;
}

}  // namespace lddynamo
