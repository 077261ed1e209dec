/// @file
/// LogSink and Logger: what the library has to say, said only to those who ask.
/// Layer: base.
///
/// The library is silent by default. Install a sink to hear it; only programs print.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace lddynamo {

enum class LogLevel : std::uint8_t { kTrace, kDebug, kInfo, kWarn, kError };

/// "trace", "debug", "info", "warn" or "error".
[[nodiscard]] std::string_view ToString(LogLevel level) noexcept;

/// Receives log lines.
/// @par Thread safety  Both methods may be called from any thread at once.
/// @par Blocking       Write should not block: it runs on the thread that evaluates or does I/O,
/// and the client's Close may wait for a line that is being written. It must never wait for a
/// thread that closes the client. Neither may evaluate a flag of a client that logs to it: a read
/// of its store that logs would wait for itself.
class LogSink {
  public:
    LogSink() = default;
    LogSink(LogSink const&) = delete;
    LogSink& operator=(LogSink const&) = delete;
    virtual ~LogSink() = default;

    /// Whether lines of this level are wanted. Asked before a line is built.
    [[nodiscard]] virtual bool Enabled(LogLevel level) const noexcept = 0;
    /// Takes one line without a newline at its end; `message` is valid during the call only.
    virtual void Write(LogLevel level, std::string_view message) noexcept = 0;
};

/// A cheap copyable handle on a sink; without one, it drops everything.
/// @par Lifetime  Shares the sink: every part of the library that logs keeps it alive.
class Logger {
  public:
    Logger() = default;
    explicit Logger(std::shared_ptr<LogSink> sink) noexcept : sink_(std::move(sink)) {}

    [[nodiscard]] bool Enabled(LogLevel level) const noexcept {
        return sink_ && sink_->Enabled(level);
    }
    void Log(LogLevel level, std::string_view message) const noexcept {
        if (Enabled(level)) sink_->Write(level, message);
    }
    void Debug(std::string_view message) const noexcept { Log(LogLevel::kDebug, message); }
    void Info(std::string_view message) const noexcept { Log(LogLevel::kInfo, message); }
    void Warn(std::string_view message) const noexcept { Log(LogLevel::kWarn, message); }
    void Error(std::string_view message) const noexcept { Log(LogLevel::kError, message); }

  private:
    std::shared_ptr<LogSink> sink_;
};

}  // namespace lddynamo
