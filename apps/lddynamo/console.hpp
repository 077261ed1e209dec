/// @file
/// What the program writes: results on stdout, all else on stderr.
#pragma once

#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::app {

/// Writes `text` to stdout.
/// @retval ErrorCode::kIo  stdout does not take it (a full disk, a closed pipe).
[[nodiscard]] Status WriteOut(std::string_view text);
/// Writes one line "lddynamo: `text`" to stderr; control characters are escaped.
void WriteNote(std::string_view text);

/// Writes `text` to stderr as it is.
void WriteErr(std::string_view text);
/// Whether stderr takes a short text at once; not so a pipe that is full.
[[nodiscard]] bool ErrTakesMore() noexcept;

/// How wide the terminal is that stderr is; 80 where it does not say.
[[nodiscard]] std::size_t ErrColumns() noexcept;
/// As many whole characters of UTF-8 of the beginning of `text` as have room in `columns`. Without
/// control characters.
[[nodiscard]] std::string_view FirstColumns(std::string_view text, std::size_t columns) noexcept;

/// `text` fit for a terminal: control characters, which a table may hold, as \xNN.
[[nodiscard]] std::string Printable(std::string_view text);

/// Columns of left-aligned text with two spaces between; the first row is the heading.
/// Cells are made printable; widths count characters of UTF-8.
[[nodiscard]] std::string FormatTable(std::vector<std::vector<std::string>> const& rows);

/// Log lines of at least `level` to stderr.
[[nodiscard]] std::shared_ptr<LogSink> MakeStderrSink(LogLevel level);

/// A bar on stderr when that is a terminal, else nothing.
class ProgressBar {
  public:
    explicit ProgressBar(std::string label);
    ProgressBar(ProgressBar const&) = delete;
    ProgressBar& operator=(ProgressBar const&) = delete;
    ~ProgressBar();  ///< Clears the line.
    /// At most twenty times a second.
    void Update(std::size_t done, std::size_t total);

  private:
    std::string label_;
    bool enabled_;
    bool shown_ = false;
    std::chrono::steady_clock::time_point last_{};
};

}  // namespace lddynamo::app
