#include <lddynamo/context.hpp>

#include <optional>

namespace lddynamo {
namespace {

/// A path's part with "~1" and "~0" resolved; nullopt for any other use of "~" or an empty part.
std::optional<std::string> Unescape(std::string_view part) {
    if (part.empty()) return std::nullopt;
    std::string out;
    out.reserve(part.size());
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (part[i] != '~') {
            out += part[i];
            continue;
        }
        if (++i == part.size() || (part[i] != '0' && part[i] != '1')) return std::nullopt;
        out += part[i] == '0' ? '~' : '/';
    }
    return out;
}

}  // namespace

AttributeRef AttributeRef::Parse(std::string_view text) {
    AttributeRef ref;
    ref.text_ = text;
    if (text.empty()) return ref;
    if (text.front() != '/') {
        ref.parts_.emplace_back(text);
        return ref;
    }
    std::vector<std::string> parts;
    for (std::size_t slash = 0; slash != std::string_view::npos;) {
        std::size_t const next = text.find('/', slash + 1);
        auto part = Unescape(text.substr(slash + 1, next - slash - 1));  // npos: to the end
        if (!part) return ref;
        parts.push_back(std::move(*part));
        slash = next;
    }
    ref.parts_ = std::move(parts);
    return ref;
}

AttributeRef AttributeRef::Literal(std::string_view name) {
    AttributeRef ref;
    if (name.empty()) return ref;
    ref.parts_.emplace_back(name);
    if (name.front() != '/') {
        ref.text_ = name;
        return ref;
    }
    ref.text_ = "/";
    for (char const c : name) {
        if (c == '~') {
            ref.text_ += "~0";
        } else if (c == '/') {
            ref.text_ += "~1";
        } else {
            ref.text_ += c;
        }
    }
    return ref;
}

}  // namespace lddynamo
