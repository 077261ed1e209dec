/// @file
/// Secret: a string that does not print.
/// Layer: base.
#pragma once

#include <string>
#include <string_view>

namespace lddynamo {

/// Holds a key, a token or a password. There is no conversion to a string and no operator<<: only
/// Reveal gives the text, so every use can be found. The memory is overwritten when it goes.
/// @par Thread safety  As std::string.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string_view text) : text_(text) {}
    Secret(Secret const&) = default;
    Secret& operator=(Secret const& other);
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    /// The text. Valid until this object changes or goes.
    [[nodiscard]] std::string_view Reveal() const noexcept { return text_; }
    [[nodiscard]] bool Empty() const noexcept { return text_.empty(); }
    /// "***" when there is something, "" when not: what logs may show.
    [[nodiscard]] std::string_view Redacted() const noexcept { return text_.empty() ? "" : "***"; }

    /// Compares in a time that does not depend on where the texts differ.
    friend bool operator==(Secret const& a, Secret const& b) noexcept;

  private:
    void Wipe() noexcept;
    std::string text_;
};

/// The text that fmt and GoogleTest show for a Secret: never the secret.
[[nodiscard]] inline std::string_view ToString(Secret const& secret) noexcept {
    return secret.Redacted();
}

}  // namespace lddynamo
