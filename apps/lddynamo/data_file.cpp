#include "lddynamo/data_file.hpp"

#include "lddynamo/console.hpp"

#include "datasource/data_document.hpp"

#include <lddynamo/environment.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace lddynamo::app {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{512} << 20U;

Result<std::string> ReadStdin() {
    std::string content;
    char buffer[65536];
    for (;;) {
        ssize_t const count = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return Fail(ErrorCode::kIo, fmt::format("stdin: {}", std::strerror(errno)));
        if (count == 0) return content;
        content.append(buffer, static_cast<std::size_t>(count));
        if (content.size() > kMaxFileBytes) {
            return Fail(ErrorCode::kTooLarge, fmt::format("stdin: over {} bytes", kMaxFileBytes));
        }
    }
}

}  // namespace

Result<DataFile> ParseDataFile(std::string_view name, std::string_view text) {
    auto document = datasource::ParseDataDocument(text, {.minify = true});
    if (!document) {
        return Fail(document.error().code, fmt::format("{}: {}", name, document.error().message));
    }
    DataFile file{.data = std::move(document->data)};
    for (auto const& member : document->unknown_members) {
        file.warnings.push_back(fmt::format("{}: member '{}' is ignored", name, member));
    }
    return file;
}

Result<DataFile> ReadDataFile(std::string const& file) {
    bool const from_stdin = file == "-";
    auto const text = from_stdin ? ReadStdin() : ReadNamedFile(file, kMaxFileBytes);
    if (!text) return Fail(text.error());
    auto parsed = ParseDataFile(from_stdin ? "stdin" : file, *text);
    if (!parsed) return parsed;
    for (auto const& warning : parsed->warnings) WriteNote(warning);
    return parsed;
}

Result<std::string> ReadNamedFile(std::string const& file, std::size_t max_bytes) {
    auto content = ProcessEnvironment().ReadFile(file, max_bytes);
    if (!content && content.error().code == ErrorCode::kNotFound) {
        content.error().code = ErrorCode::kInvalidArgument;
    }
    return content;
}

}  // namespace lddynamo::app
