#include "dynamodb/memory/expression_context.hpp"

#include "dynamodb/memory/reserved_words.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

constexpr std::size_t kMaxPathSteps = 32;
/// No list is as long: it only matters that such an index finds nothing.
constexpr std::size_t kHugeIndex = 1'000'000'000;

bool IsPlaceholder(std::string_view key, char first) {
    return key.size() > 1 && key.front() == first &&
           std::all_of(key.begin() + 1, key.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '_';
           });
}

template <class Keys>
std::string Joined(Keys const& keys) {
    std::string text;
    for (auto const& key : keys) {
        if (!text.empty()) text += ", ";
        text += key;
    }
    return text;
}

std::size_t ToIndex(std::string_view digits) {
    std::size_t index = 0;
    auto const result = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    return result.ec == std::errc() ? std::min(index, kHugeIndex) : kHugeIndex;
}

enum class PathClash : std::uint8_t { kNone, kOverlap, kConflict };

PathClash ComparePaths(Path const& one, Path const& two) {
    std::size_t const common = std::min(one.size(), two.size());
    for (std::size_t i = 0; i < common; ++i) {
        if (one[i].index() != two[i].index()) return PathClash::kConflict;
        if (one[i] != two[i]) return PathClash::kNone;
    }
    return PathClash::kOverlap;
}

std::string ClashText(std::string_view what, Path const& one, Path const& two) {
    return "Two document paths " + std::string(what) +
           " with each other; must remove or rewrite one of these paths; path one: " +
           PathText(one) + ", path two: " + PathText(two);
}

}  // namespace

std::string PathText(Path const& path) {
    std::string text = "[";
    for (PathStep const& step : path) {
        if (text.size() > 1) text += ", ";
        if (auto const* name = std::get_if<std::string>(&step)) {
            text += *name;
        } else {
            text += '[' + std::to_string(std::get<std::size_t>(step)) + ']';
        }
    }
    return text + "]";
}

ExpressionContext::ExpressionContext(NameMap const* names, ValueMap const* values)
    : names_(names), values_(values) {
    if (names_) {
        for (auto const& [key, name] : *names_) unused_names_.insert(key);
    }
    if (values_) {
        for (auto const& [key, value] : *values_) unused_values_.insert(key);
    }
}

std::string const* ExpressionContext::Name(std::string_view placeholder) {
    if (!names_) return nullptr;
    auto const it = names_->find(placeholder);
    if (it == names_->end()) return nullptr;
    unused_names_.erase(it->first);
    return &it->second;
}

AttributeValue const* ExpressionContext::Value(std::string_view placeholder) {
    if (!values_) return nullptr;
    auto const it = values_->find(placeholder);
    if (it == values_->end()) return nullptr;
    unused_values_.erase(it->first);
    return &it->second.value;
}

std::string ExpressionContext::CheckMaps() const {
    if (names_) {
        if (names_->empty()) return "ExpressionAttributeNames must not be empty";
        for (auto const& [key, name] : *names_) {
            if (!IsPlaceholder(key, '#')) {
                return "ExpressionAttributeNames contains invalid key: Syntax error; key: \"" +
                       key + "\"";
            }
        }
    }
    if (values_) {
        if (values_->empty()) return "ExpressionAttributeValues must not be empty";
        for (auto const& [key, value] : *values_) {
            if (!IsPlaceholder(key, ':')) {
                return "ExpressionAttributeValues contains invalid key: Syntax error; key: \"" +
                       key + "\"";
            }
        }
        for (auto const& [key, value] : *values_) {
            if (!value.flaw.empty()) {
                return "ExpressionAttributeValues contains invalid value: " + value.flaw +
                       " for key " + key;
            }
        }
    }
    return {};
}

std::string ExpressionContext::CheckUnused() const {
    if (!unused_names_.empty()) {
        return "Value provided in ExpressionAttributeNames unused in expressions: keys: {" +
               Joined(unused_names_) + "}";
    }
    if (!unused_values_.empty()) {
        return "Value provided in ExpressionAttributeValues unused in expressions: keys: {" +
               Joined(unused_values_) + "}";
    }
    return {};
}

bool ParsePath(TokenStream& tokens, ExpressionContext& context, PathErrors& errors, Path& path) {
    auto const take_name = [&] {
        Token const token = tokens.Peek();
        if (token.kind == Token::Kind::kIdentifier) {
            if (IsReservedWord(token.text) && errors.reserved.empty()) {
                errors.reserved = "Attribute name is a reserved keyword; reserved keyword: " +
                                  std::string(token.text);
            }
            path.emplace_back(std::string(token.text));
        } else if (token.kind == Token::Kind::kName) {
            std::string const* name = context.Name(token.text);
            if (!name && errors.undefined.empty()) {
                errors.undefined =
                    "An expression attribute name used in the document path is not "
                    "defined; attribute name: " +
                    std::string(token.text);
            }
            path.emplace_back(name ? *name : std::string());
        } else {
            return false;
        }
        tokens.Take();
        return true;
    };
    if (!take_name()) return false;
    while (true) {
        if (tokens.TakeSymbol(".")) {
            if (!take_name()) return false;
        } else if (tokens.TakeSymbol("[")) {
            if (tokens.Peek().kind != Token::Kind::kInteger) return false;
            path.emplace_back(ToIndex(tokens.Take().text));
            if (!tokens.TakeSymbol("]")) return false;
        } else {
            break;
        }
    }
    if (path.size() > kMaxPathSteps && errors.nesting.empty()) {
        errors.nesting = "The document path has too many nesting elements; nesting levels: " +
                         std::to_string(path.size());
    }
    return true;
}

std::string CheckExpressionText(std::string_view text) {
    if (text.empty()) return "The expression can not be empty;";
    if (text.size() > kMaxExpressionBytes) {
        return "Expression size has exceeded the maximum allowed size; expression size: " +
               std::to_string(text.size());
    }
    return {};
}

std::string CheckOverlap(std::vector<Path> const& paths) {
    // The first overlap is reported, wherever it is; else the last conflict.
    std::string conflict;
    for (std::size_t i = 1; i < paths.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            switch (ComparePaths(paths[j], paths[i])) {
                case PathClash::kNone:
                    break;
                case PathClash::kOverlap:
                    return ClashText("overlap", paths[j], paths[i]);
                case PathClash::kConflict:
                    conflict = ClashText("conflict", paths[j], paths[i]);
            }
        }
    }
    return conflict;
}

}  // namespace lddynamo::dynamodb::memory
