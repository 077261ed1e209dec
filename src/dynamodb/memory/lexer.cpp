#include "dynamodb/memory/lexer.hpp"

#include <algorithm>

namespace lddynamo::dynamodb::memory {
namespace {

bool IsSpace(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool IsDigit(char c) noexcept {
    return c >= '0' && c <= '9';
}
bool IsWordStart(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool IsWordPart(char c) noexcept {
    return IsWordStart(c) || IsDigit(c);
}

std::size_t CountWhile(std::string_view text, std::size_t from, bool (*belongs)(char) noexcept) {
    std::size_t at = from;
    while (at < text.size() && belongs(text[at])) ++at;
    return at - from;
}

/// A whole UTF-8 character, so that messages stay text.
std::size_t CharacterLength(std::string_view text) {
    std::size_t length = 1;
    while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) {
        ++length;
    }
    return length;
}

Token Next(std::string_view text) {
    char const c = text.front();
    if (IsWordStart(c)) {
        return {Token::Kind::kIdentifier, text.substr(0, CountWhile(text, 0, IsWordPart))};
    }
    if (IsDigit(c)) return {Token::Kind::kInteger, text.substr(0, CountWhile(text, 0, IsDigit))};
    if (c == '#' || c == ':') {
        std::size_t const length = 1 + CountWhile(text, 1, IsWordPart);
        if (length == 1) return {Token::Kind::kBad, text.substr(0, 1)};
        return {c == '#' ? Token::Kind::kName : Token::Kind::kValue, text.substr(0, length)};
    }
    for (std::string_view const symbol : {"<=", ">=", "<>"}) {
        if (text.starts_with(symbol)) return {Token::Kind::kSymbol, text.substr(0, 2)};
    }
    if (std::string_view("()[],.=<>+-").find(c) != std::string_view::npos) {
        return {Token::Kind::kSymbol, text.substr(0, 1)};
    }
    return {Token::Kind::kBad, text.substr(0, CharacterLength(text))};
}

}  // namespace

bool Token::IsWord(std::string_view keyword) const noexcept {
    return kind == Kind::kIdentifier &&
           std::equal(text.begin(), text.end(), keyword.begin(), keyword.end(), [](char a, char b) {
               return (a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b;
           });
}

TokenStream::TokenStream(std::string_view text) : text_(text) {
    for (std::size_t at = 0; at < text.size();) {
        if (IsSpace(text[at])) {
            ++at;
            continue;
        }
        tokens_.push_back(Next(text.substr(at)));
        at += tokens_.back().text.size();
    }
    tokens_.push_back({Token::Kind::kEnd, text.substr(text.size())});
}

Token const& TokenStream::Peek(std::size_t ahead) const noexcept {
    return tokens_[std::min(position_ + ahead, tokens_.size() - 1)];
}

Token const& TokenStream::Take() noexcept {
    Token const& token = Peek();
    if (position_ + 1 < tokens_.size()) ++position_;
    return token;
}

bool TokenStream::TakeSymbol(std::string_view symbol) noexcept {
    if (!Peek().Is(symbol)) return false;
    Take();
    return true;
}

bool TokenStream::TakeWord(std::string_view keyword) noexcept {
    if (!Peek().IsWord(keyword)) return false;
    Take();
    return true;
}

std::string TokenStream::SyntaxError() const {
    Token const& token = Peek();
    bool const at_end = token.kind == Token::Kind::kEnd;
    // The token with its neighbours, as they stand in the expression.
    Token const& before = position_ > 0 ? tokens_[position_ - 1] : token;
    Token const& after = at_end || Peek(1).kind == Token::Kind::kEnd ? token : Peek(1);
    auto const from = static_cast<std::size_t>(before.text.data() - text_.data());
    Token const& last = at_end ? before : after;
    auto const to = static_cast<std::size_t>(last.text.data() - text_.data()) + last.text.size();
    return "Syntax error; token: \"" + (at_end ? std::string("<EOF>") : std::string(token.text)) +
           "\", near: \"" + std::string(text_.substr(from, to - from)) + "\"";
}

}  // namespace lddynamo::dynamodb::memory
