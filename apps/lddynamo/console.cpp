#include "lddynamo/console.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lddynamo::app {
namespace {

bool WriteAll(int fd, std::string_view text) noexcept {
    while (!text.empty()) {
        ssize_t const count = ::write(fd, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

/// Characters of UTF-8: all bytes but continuation bytes.
std::size_t Width(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

class StderrSink final : public LogSink {
  public:
    explicit StderrSink(LogLevel level) noexcept : level_(level) {}
    [[nodiscard]] bool Enabled(LogLevel level) const noexcept override { return level >= level_; }
    void Write(LogLevel level, std::string_view message) noexcept override {
        try {
            // One write a line, so that lines of several threads do not mix.
            WriteAll(STDERR_FILENO,
                     fmt::format("lddynamo: {}: {}\n", ToString(level), Printable(message)));
        } catch (std::bad_alloc const&) {
            // A log line is not worth the program.
        }
    }

  private:
    LogLevel level_;
};

}  // namespace

Status WriteOut(std::string_view text) {
    if (WriteAll(STDOUT_FILENO, text)) return {};
    return Fail(ErrorCode::kIo, fmt::format("stdout: {}", std::strerror(errno)));
}

void WriteErr(std::string_view text) {
    WriteAll(STDERR_FILENO, text);
}

bool ErrTakesMore() noexcept {
    pollfd err{STDERR_FILENO, POLLOUT, 0};
    return ::poll(&err, 1, 0) == 1 && (err.revents & POLLOUT) != 0;
}

std::size_t ErrColumns() noexcept {
    winsize size{};
    bool const known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : 80;
}

std::string_view FirstColumns(std::string_view text, std::size_t columns) noexcept {
    std::size_t taken = 0;
    while (taken < text.size()) {
        std::size_t end = taken + 1;
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
        // Wide ones, such as Chinese, are among those of three bytes and more.
        std::size_t const width = end - taken > 2 ? 2 : 1;
        if (width > columns) break;
        columns -= width;
        taken = end;
    }
    return text.substr(0, taken);
}

void WriteNote(std::string_view text) {
    WriteAll(STDERR_FILENO, fmt::format("lddynamo: {}\n", Printable(text)));
}

std::string Printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const byte = static_cast<unsigned char>(text[i]);
        // C1 controls are C2 80..C2 9F in UTF-8; some terminals obey them.
        bool const c1 =
            byte == 0xC2U && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0U;
        if (byte >= 0x20U && byte != 0x7FU && !c1) {
            out += text[i];
        } else {
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
        }
    }
    return out;
}

std::string FormatTable(std::vector<std::vector<std::string>> const& rows) {
    std::vector<std::vector<std::string>> cells = rows;
    std::vector<std::size_t> widths;
    for (auto& row : cells) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) {
            row[i] = Printable(row[i]);
            widths[i] = std::max(widths[i], Width(row[i]));
        }
    }
    std::string out;
    for (auto const& row : cells) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            out += row[i];
            if (i + 1 < row.size()) out.append(widths[i] - Width(row[i]) + 2, ' ');
        }
        out += '\n';
    }
    return out;
}

std::shared_ptr<LogSink> MakeStderrSink(LogLevel level) {
    return std::make_shared<StderrSink>(level);
}

ProgressBar::ProgressBar(std::string label)
    : label_(std::move(label)), enabled_(::isatty(STDERR_FILENO) == 1) {
}

ProgressBar::~ProgressBar() {
    if (shown_) WriteAll(STDERR_FILENO, "\r\x1b[K");
}

void ProgressBar::Update(std::size_t done, std::size_t total) {
    if (!enabled_ || total == 0) return;
    auto const now = std::chrono::steady_clock::now();
    if (shown_ && done < total && now - last_ < std::chrono::milliseconds(50)) return;
    last_ = now;
    shown_ = true;
    static constexpr std::size_t kWidth = 30;
    std::size_t const filled = kWidth * std::min(done, total) / total;
    WriteAll(STDERR_FILENO, fmt::format("\r{} [{}{}] {}/{}\x1b[K", label_, std::string(filled, '#'),
                                        std::string(kWidth - filled, '.'), done, total));
}

}  // namespace lddynamo::app
