/// @file
/// CapturingSink: keeps what was logged.
#pragma once

#include <lddynamo/logger.hpp>

#include <mutex>
#include <string>
#include <vector>

namespace lddynamo::test_support {

/// Takes every level. Thread-safe.
class CapturingSink final : public LogSink {
  public:
    [[nodiscard]] bool Enabled(LogLevel) const noexcept override { return true; }
    void Write(LogLevel level, std::string_view message) noexcept override {
        std::scoped_lock const lock(mutex_);
        lines_.push_back(std::string(ToString(level)) + " " + std::string(message));
    }
    [[nodiscard]] std::vector<std::string> Lines() const {
        std::scoped_lock const lock(mutex_);
        return lines_;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;  // guarded by mutex_
};

}  // namespace lddynamo::test_support
