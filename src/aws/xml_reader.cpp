#include "aws/xml_reader.hpp"

#include "aws/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>

namespace lddynamo::aws {
namespace {

constexpr int kMaxDepth = 32;
constexpr int kMaxElements = 2000;

void AppendUtf8(std::string& out, std::uint32_t code) {
    auto const tail = [&](unsigned shift) {
        out += static_cast<char>(0x80U | ((code >> shift) & 0x3FU));
    };
    if (code < 0x80U) {
        out += static_cast<char>(code);
    } else if (code < 0x800U) {
        out += static_cast<char>(0xC0U | (code >> 6U));
        tail(0);
    } else if (code < 0x10000U) {
        out += static_cast<char>(0xE0U | (code >> 12U));
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xF0U | (code >> 18U));
        tail(12);
        tail(6);
        tail(0);
    }
}

/// The character that "&name;" stands for, appended. @return whether it is known.
bool AppendEntity(std::string& out, std::string_view name) {
    struct Named {
        std::string_view name;
        char character;
    };
    static constexpr Named kNamed[] = {
        {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
    for (Named const& named : kNamed) {
        if (named.name != name) continue;
        out += named.character;
        return true;
    }
    if (!name.starts_with('#')) return false;
    name.remove_prefix(1);
    bool const is_hex = name.starts_with('x');
    if (is_hex) name.remove_prefix(1);
    std::uint32_t code = 0;
    auto const* const end = name.data() + name.size();
    auto const [parsed, error] = std::from_chars(name.data(), end, code, is_hex ? 16 : 10);
    if (error != std::errc() || parsed != end || code == 0 || code > 0x10FFFFU ||
        (code >= 0xD800U && code <= 0xDFFFU)) {
        return false;
    }
    AppendUtf8(out, code);
    return true;
}

bool IsNameCharacter(char c) noexcept {
    return IsAlphanumeric(c) || c == '_' || c == '-' || c == '.' || c == ':';
}

class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}

    Result<XmlElement> Parse() {
        XmlElement root;
        if (!SkipMisc() || !Element(root, 1) || !SkipMisc()) return Broken();
        if (at_ != text_.size()) return Broken();
        return root;
    }

  private:
    [[nodiscard]] bool At(std::string_view expected) const {
        return text_.substr(at_).starts_with(expected);
    }
    bool Take(std::string_view expected) {
        if (!At(expected)) return false;
        at_ += expected.size();
        return true;
    }
    bool SkipPast(std::string_view end) {
        auto const found = text_.find(end, at_);
        if (found == std::string_view::npos) return false;
        at_ = found + end.size();
        return true;
    }
    void SkipSpace() {
        while (at_ < text_.size() &&
               std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
            ++at_;
        }
    }
    /// White space, comments and processing instructions.
    bool SkipMisc() {
        for (;;) {
            SkipSpace();
            if (Take("<?")) {
                if (!SkipPast("?>")) return false;
            } else if (Take("<!--")) {
                if (!SkipPast("-->")) return false;
            } else {
                return true;
            }
        }
    }
    std::string_view Name() {
        auto const begin = at_;
        while (at_ < text_.size() && IsNameCharacter(text_[at_])) ++at_;
        return text_.substr(begin, at_ - begin);
    }
    bool Attributes() {
        for (;;) {
            SkipSpace();
            if (At(">") || At("/>")) return true;
            if (Name().empty()) return false;
            SkipSpace();
            if (!Take("=")) return false;
            SkipSpace();
            std::string_view const quote = Take("\"") ? "\"" : Take("'") ? "'" : "";
            if (quote.empty() || !SkipPast(quote)) return false;
        }
    }

    bool Element(XmlElement& element, int depth) {
        if (depth > kMaxDepth || ++elements_ > kMaxElements || !Take("<")) return false;
        std::string_view const full = Name();
        if (full.empty() || !Attributes()) return false;
        element.name = full.substr(full.rfind(':') + 1);  // npos + 1 is 0
        if (Take("/>")) return true;
        if (!Take(">") || !Content(element, depth)) return false;
        if (!Take("</") || Name() != full) return false;
        SkipSpace();
        if (!Take(">")) return false;
        element.text = Trim(element.text);
        return true;
    }
    bool Content(XmlElement& element, int depth) {
        while (at_ < text_.size()) {
            if (At("</")) return true;
            if (Take("<![CDATA[")) {
                auto const begin = at_;
                if (!SkipPast("]]>")) return false;
                element.text += text_.substr(begin, at_ - 3 - begin);
            } else if (Take("<!--")) {
                if (!SkipPast("-->")) return false;
            } else if (Take("<?")) {
                if (!SkipPast("?>")) return false;
            } else if (At("<")) {
                element.children.emplace_back();
                if (!Element(element.children.back(), depth + 1)) return false;
            } else if (Take("&")) {
                auto const end = text_.substr(at_, 12).find(';');
                if (end == std::string_view::npos) return false;
                if (!AppendEntity(element.text, text_.substr(at_, end))) return false;
                at_ += end + 1;
            } else {
                auto const end = std::min(text_.find_first_of("<&", at_), text_.size());
                element.text += text_.substr(at_, end - at_);
                at_ = end;
            }
        }
        return false;
    }

    [[nodiscard]] tl::unexpected<Error> Broken() const {
        return Fail(ErrorCode::kInvalidData,
                    "not XML of a supported form, at byte " + std::to_string(at_));
    }

    std::string_view const text_;
    std::size_t at_ = 0;
    int elements_ = 0;
};

}  // namespace

XmlElement const* XmlElement::Find(std::string_view child) const noexcept {
    for (XmlElement const& element : children) {
        if (element.name == child) return &element;
    }
    return nullptr;
}

std::string_view XmlElement::TextAt(std::initializer_list<std::string_view> path) const {
    XmlElement const* element = this;
    for (std::string_view const child : path) {
        element = element->Find(child);
        if (element == nullptr) return {};
    }
    return element->text;
}

Result<XmlElement> ParseXml(std::string_view text) {
    return Parser(text).Parse();
}

}  // namespace lddynamo::aws
