/// @file
/// Environment: environment variables and the files that configuration names, injectable.
/// Layer: base. The one place of the library that reads the process environment.
#pragma once

#include <lddynamo/result.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lddynamo {

/// Where configuration comes from.
/// @par Thread safety  All methods may be called from any thread at once (as with getenv, nobody
///                     may change the process environment meanwhile).
class Environment {
  public:
    Environment() = default;
    Environment(Environment const&) = delete;
    Environment& operator=(Environment const&) = delete;
    virtual ~Environment() = default;

    /// The variable's value; nullopt when it is not set. Set and empty gives "".
    [[nodiscard]] virtual std::optional<std::string> Get(std::string_view name) const = 0;
    /// The whole content of a regular file of at most `max_bytes`. Blocks on the file system.
    /// @retval ErrorCode::kNotFound  no such file.
    /// @retval ErrorCode::kTooLarge  longer than `max_bytes`.
    /// @retval ErrorCode::kIo        any other failure; the message has the path and the cause.
    [[nodiscard]] virtual Result<std::string> ReadFile(std::string const& path,
                                                       std::size_t max_bytes) const = 0;
    /// As Get, but an empty value counts as not set: AWS SDKs treat both alike.
    [[nodiscard]] std::optional<std::string> GetNonEmpty(std::string_view name) const;
};

/// The process's environment and file system. Lives as long as the program.
[[nodiscard]] Environment& ProcessEnvironment() noexcept;

/// A fixed environment, for tests and for programs that configure everything in code.
class MapEnvironment final : public Environment {
  public:
    MapEnvironment() = default;
    /// @param variables  name to value.
    /// @param files      path to content.
    explicit MapEnvironment(std::map<std::string, std::string, std::less<>> variables,
                            std::map<std::string, std::string, std::less<>> files = {})
        : variables_(std::move(variables)), files_(std::move(files)) {}
    [[nodiscard]] std::optional<std::string> Get(std::string_view name) const override;
    [[nodiscard]] Result<std::string> ReadFile(std::string const& path,
                                               std::size_t max_bytes) const override;

  private:
    std::map<std::string, std::string, std::less<>> variables_;  // constant after construction
    std::map<std::string, std::string, std::less<>> files_;      // constant after construction
};

}  // namespace lddynamo
