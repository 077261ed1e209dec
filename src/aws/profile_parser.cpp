#include "aws/profile_parser.hpp"

#include "aws/text.hpp"

#include <cstddef>
#include <utility>

namespace lddynamo::aws {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsCommentStart(char c) noexcept {
    return c == '#' || c == ';';
}

std::string_view TrimBlanks(std::string_view text) noexcept {
    while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
    while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
    return text;
}

/// Cuts a comment off. Behind a section's name it may follow at once; in a property only after a
/// blank.
std::string_view WithoutComment(std::string_view line, bool needs_blank) noexcept {
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (IsCommentStart(line[i]) && (!needs_blank || (i > 0 && IsBlank(line[i - 1])))) {
            line = line.substr(0, i);
            break;
        }
    }
    return TrimBlanks(line);
}

bool IsIdentifier(std::string_view text) noexcept {
    if (text.empty()) return false;
    for (char const c : text) {
        if (!IsAlphanumeric(c) && std::string_view("-_/.%@:+").find(c) == std::string_view::npos) {
            return false;
        }
    }
    return true;
}

struct Property {
    std::string name;
    std::string_view value;
};

class Parser {
  public:
    explicit Parser(ProfileFileKind kind) : kind_(kind) {}

    Result<ProfileSet> Parse(std::string_view text) {
        if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
        while (!text.empty()) {
            std::size_t const end = text.find('\n');
            std::string_view line = text.substr(0, end);
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
            if (line.ends_with('\r')) line.remove_suffix(1);
            ++line_number_;
            if (auto status = ParseLine(line); !status) return Fail(std::move(status.error()));
        }
        // [profile default] hides [default], wherever each stands.
        if (prefixed_default_) {
            set_.profiles["default"] = std::move(*prefixed_default_);
        }
        return std::move(set_);
    }

  private:
    Status ParseLine(std::string_view line) {
        std::string_view const content = TrimBlanks(line);
        if (content.empty() || IsCommentStart(content.front())) return {};
        if (line.front() == '[') return ParseSection(line);
        if (!in_section_) return Broken("Expected a profile definition");
        return IsBlank(line.front()) ? ParseContinuation(line) : ParseProperty(line);
    }

    Status ParseSection(std::string_view line) {
        line = WithoutComment(line, false);
        if (!line.ends_with(']')) return Broken("Profile definition must end with ']'");
        in_section_ = true;
        value_ = nullptr;
        has_property_ = false;
        section_ = Section(TrimBlanks(line.substr(1, line.size() - 2)));
        return {};
    }

    /// Where the section's properties go; nullptr when it is to be ignored.
    ProfileProperties* Section(std::string_view title) {
        std::size_t const blank = title.find_first_of(" \t");
        bool const has_prefix = blank != std::string_view::npos;
        std::string_view const prefix = has_prefix ? title.substr(0, blank) : std::string_view();
        std::string_view const name = has_prefix ? TrimBlanks(title.substr(blank)) : title;
        if (!IsIdentifier(name)) return nullptr;
        if (kind_ == ProfileFileKind::kCredentials) {
            return has_prefix ? nullptr : &set_.profiles[std::string(name)];
        }
        if (!has_prefix) return name == "default" ? &set_.profiles["default"] : nullptr;
        if (prefix == "sso-session") return &set_.sso_sessions[std::string(name)];
        if (prefix == "services") return &set_.services[std::string(name)];
        if (prefix != "profile") return nullptr;
        if (name != "default") return &set_.profiles[std::string(name)];
        if (!prefixed_default_) prefixed_default_.emplace();
        return &*prefixed_default_;
    }

    Result<Property> SplitProperty(std::string_view line, std::string_view what) const {
        line = WithoutComment(line, true);
        std::size_t const equals = line.find('=');
        if (equals == std::string_view::npos) {
            return Broken("Expected an '=' sign defining a " + std::string(what));
        }
        std::string name = ToLower(TrimBlanks(line.substr(0, equals)));
        if (name.empty()) {
            return Broken(std::string(what == "property" ? "Property" : "Sub-property") +
                          " did not have a name");
        }
        return Property{std::move(name), TrimBlanks(line.substr(equals + 1))};
    }

    Status ParseProperty(std::string_view line) {
        auto property = SplitProperty(line, "property");
        if (!property) return Fail(std::move(property.error()));
        has_property_ = true;
        has_sub_properties_ = property->value.empty();
        value_ = nullptr;
        if (section_ != nullptr && IsIdentifier(property->name)) {
            value_ = &(*section_)[property->name];
            *value_ = property->value;
        }
        return {};
    }

    Status ParseContinuation(std::string_view line) {
        if (!has_property_) return Broken("Expected a property definition, found continuation");
        if (has_sub_properties_) {
            if (auto sub = SplitProperty(line, "sub-property"); !sub) {
                return Fail(std::move(sub.error()));
            }
        }
        if (value_ != nullptr) {
            *value_ += '\n';
            *value_ += TrimBlanks(line);
        }
        return {};
    }

    tl::unexpected<Error> Broken(std::string const& what) const {
        return Fail(ErrorCode::kInvalidArgument,
                    "line " + std::to_string(line_number_) + ": " + what);
    }

    ProfileFileKind const kind_;
    ProfileSet set_;
    std::optional<ProfileProperties> prefixed_default_;
    std::size_t line_number_ = 0;
    bool in_section_ = false;
    bool has_property_ = false;
    bool has_sub_properties_ = false;
    ProfileProperties* section_ = nullptr;  // into set_, or prefixed_default_; nullptr: ignored
    std::string* value_ = nullptr;          // into *section_; nullptr: ignored
};

void MergeSections(ProfileSections& into, ProfileSections from) {
    for (auto& [name, properties] : from) {
        auto& target = into[name];
        for (auto& [key, value] : properties) target[key] = std::move(value);
    }
}

}  // namespace

void ProfileSet::Merge(ProfileSet other) {
    MergeSections(profiles, std::move(other.profiles));
    MergeSections(sso_sessions, std::move(other.sso_sessions));
    MergeSections(services, std::move(other.services));
}

std::string const* ProfileSet::Find(std::string_view profile, std::string_view property) const {
    auto const section = profiles.find(profile);
    if (section == profiles.end()) return nullptr;
    auto const value = section->second.find(property);
    return value == section->second.end() || value->second.empty() ? nullptr : &value->second;
}

Result<ProfileSet> ParseProfileFile(std::string_view text, ProfileFileKind kind) {
    return Parser(kind).Parse(text);
}

std::optional<std::string> FindSubProperty(std::string_view value, std::string_view name) {
    std::optional<std::string> found;
    while (!value.empty()) {
        std::size_t const end = value.find('\n');
        std::string_view const line = WithoutComment(value.substr(0, end), true);
        value.remove_prefix(end == std::string_view::npos ? value.size() : end + 1);
        std::size_t const equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        if (!EqualsIgnoringCase(TrimBlanks(line.substr(0, equals)), name)) continue;
        found = std::string(TrimBlanks(line.substr(equals + 1)));  // the last one wins
    }
    if (found && found->empty()) found.reset();
    return found;
}

}  // namespace lddynamo::aws
