#include "json/raw_json.hpp"

#include "json/parse.hpp"

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
    /// Steps over the string that starts here.
    void String() noexcept {
        for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\') ++at_;
        }
        ++at_;
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
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        if (!in_string && IsSpace(c)) continue;
        out += c;
        if (c == '"') in_string = !in_string;
        if (c == '\\' && i + 1 < text.size()) out += text[++i];
    }
    return out;
}

}  // namespace lddynamo::json
