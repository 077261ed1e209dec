/// @file
/// Regex: a regular expression in Go's syntax, matched in linear time.
/// Layer: model.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace re2 {
class RE2;
}

namespace lddynamo::model {

/// A compiled expression.
/// @par Thread safety  Any number of threads may match at once.
class Regex {
  public:
    /// @return empty when the pattern is none, or too large (RE2's limit of 8 MiB).
    [[nodiscard]] static std::optional<Regex> Compile(std::string_view pattern);

    /// The expression matches somewhere in `text`, of which each byte that is no UTF-8 counts as
    /// U+FFFD.
    [[nodiscard]] bool Matches(std::string_view text) const;

  private:
    struct Deleter {
        void operator()(re2::RE2* expression) const noexcept;
    };
    explicit Regex(std::unique_ptr<re2::RE2, Deleter> expression) noexcept
        : expression_(std::move(expression)) {}
    std::unique_ptr<re2::RE2, Deleter> expression_;
};

}  // namespace lddynamo::model
