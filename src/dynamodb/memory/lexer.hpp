/// @file
/// Lexer of DynamoDB's expressions.
/// Layer: dynamodb (in-memory service).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::dynamodb::memory {

struct Token {
    enum class Kind : std::uint8_t {
        kIdentifier,  ///< also keywords: whether a word is one depends on where it stands
        kName,        ///< #name
        kValue,       ///< :value
        kInteger,
        kSymbol,  ///< ( ) [ ] , . = < > <= >= <> + -
        kBad,     ///< a character that no expression has
        kEnd,
    };
    Kind kind = Kind::kEnd;
    std::string_view text{};  ///< A view into the expression.

    [[nodiscard]] bool Is(std::string_view symbol) const noexcept {
        return kind == Kind::kSymbol && text == symbol;
    }
    /// Whether it is this keyword, in any case. @param keyword  in upper case.
    [[nodiscard]] bool IsWord(std::string_view keyword) const noexcept;
};

/// The tokens of one expression, read one at a time.
class TokenStream {
  public:
    /// @param text  must outlive the stream.
    explicit TokenStream(std::string_view text);

    [[nodiscard]] Token const& Peek(std::size_t ahead = 0) const noexcept;
    Token const& Take() noexcept;
    /// Takes the next token when it is this symbol.
    bool TakeSymbol(std::string_view symbol) noexcept;
    bool TakeWord(std::string_view keyword) noexcept;
    /// Where the stream stands, to come back to.
    [[nodiscard]] std::size_t Position() const noexcept { return position_; }
    void GoTo(std::size_t position) noexcept { position_ = position; }
    /// "Syntax error; token: ..., near: ..." about the next token.
    [[nodiscard]] std::string SyntaxError() const;

  private:
    std::string_view text_;
    std::vector<Token> tokens_;
    std::size_t position_ = 0;
};

}  // namespace lddynamo::dynamodb::memory
