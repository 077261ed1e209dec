#include "json/raw_json.hpp"

#include "json/parse.hpp"

#include <lddynamo/value.hpp>

namespace lddynamo::json {
namespace {

constexpr bool IsSpace(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Walks through text that is known to be valid JSON.
class Walker {
  public:
    explicit Walker(std::string_view text) noexcept : text_(text) {}

    /// Steps over white space and one structural character.
    void Structural() noexcept {
        Space();
        ++at_;
    }
    void Space() noexcept {
        while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
    }
    /// Where the string that starts with the quote at `start` is over: behind its last quote.
    [[nodiscard]] std::size_t EndOfString(std::size_t start) const noexcept {
        for (std::size_t at = start + 1;; ++at) {
            // Most of a flag's text stands in strings, so their ends are worth finding fast.
            at = text_.find('"', at);
            if (at == std::string_view::npos) return text_.size();
            std::size_t escapes = at;
            while (text_[escapes - 1] == '\\') --escapes;
            if ((at - escapes) % 2 == 0) return at + 1;
        }
    }
    /// Steps over the string that starts here; gives it without its quotes.
    std::string_view String() noexcept {
        std::size_t const start = at_ + 1;
        at_ = EndOfString(at_);
        return text_.substr(start, at_ - start - 1);
    }
    /// The character that comes next after white space.
    [[nodiscard]] char Peek() noexcept {
        Space();
        return Current();
    }
    /// Steps over white space and a value, which it gives.
    std::string_view TakeValue() noexcept {
        Space();
        std::size_t const start = at_;
        std::size_t depth = 0;
        do {
            char const c = Current();
            if (c == '"') {
                String();
                continue;
            }
            if (c == '{' || c == '[') ++depth;
            if (c == '}' || c == ']') --depth;
            ++at_;
        } while (at_ < text_.size() && (depth > 0 || !EndsScalar(start)));
        return text_.substr(start, at_ - start);
    }

  private:
    [[nodiscard]] char Current() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
    /// Whether an outermost value that starts at `start` is over.
    [[nodiscard]] bool EndsScalar(std::size_t start) const noexcept {
        char const first = text_[start];
        if (first == '"' || first == '{' || first == '[') return true;
        char const c = text_[at_];
        return c == ',' || c == '}' || c == ']' || IsSpace(c);
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<RawMember>> SplitValidObject(std::string_view text) {
    Walker walker(text);
    if (walker.Peek() != '{') return Fail(ErrorCode::kInvalidData, "not an object");
    std::vector<RawMember> members;
    walker.Structural();
    while (walker.Peek() == '"') {
        std::string name(walker.String());
        if (name.find('\\') != std::string::npos) {
            auto const unescaped = Value::Parse('"' + name + '"');
            if (!unescaped) return Fail(unescaped.error());
            name = unescaped->AsString();
        }
        walker.Structural();  // :
        auto const value = walker.TakeValue();
        members.emplace_back(std::move(name), value);
        if (walker.Peek() != ',') break;
        walker.Structural();
    }
    return members;
}

Result<std::vector<RawMember>> SplitObject(std::string_view text) {
    auto names = TopLevelNames(text);
    if (!names) return Fail(std::move(names.error()));
    std::vector<RawMember> members;
    members.reserve(names->size());
    Walker walker(text);
    for (std::string& name : *names) {
        walker.Structural();  // { or ,
        walker.Space();
        walker.String();
        walker.Structural();  // :
        members.emplace_back(std::move(name), walker.TakeValue());
    }
    return members;
}

std::string Minify(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::size_t kept = 0;  // what comes before it is in `out`, or white space
    Walker walker(text);
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '"') {
            at = walker.EndOfString(at);
        } else if (IsSpace(text[at])) {
            out.append(text, kept, at - kept);
            while (at < text.size() && IsSpace(text[at])) ++at;
            kept = at;
        } else {
            ++at;
        }
    }
    return out.append(text, kept);
}

}  // namespace lddynamo::json
