#include "evaluation/clause_match.hpp"

#include <lddynamo/value.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace lddynamo::evaluation {
namespace {

using model::Clause;
using model::Operator;

bool MatchTime(Clause const& clause, model::Timestamp time) noexcept {
    bool const before = clause.op == Operator::kBefore;
    return std::any_of(clause.times.begin(), clause.times.end(),
                       [&](auto const& bound) { return before ? time < bound : time > bound; });
}

bool MatchVersion(Clause const& clause, std::string_view text) noexcept {
    auto const version = model::SemanticVersion::Parse(text);
    if (!version) return false;
    return std::any_of(clause.versions.begin(), clause.versions.end(), [&](auto const& bound) {
        auto const order = version->Compare(bound.version);
        if (clause.op == Operator::kSemVerEqual) return order == 0;
        return clause.op == Operator::kSemVerLessThan ? order < 0 : order > 0;
    });
}

// Most texts differ in a character that costs no call to compare.
bool StartsWith(std::string_view text, std::string_view part) noexcept {
    if (part.empty()) return true;
    return text.size() >= part.size() && text[0] == part[0] && text.starts_with(part);
}

template <class Test>
bool AnyText(Clause const& clause, Test test) noexcept {
    for (std::size_t i = 0; i < clause.texts.Size(); ++i) {
        if (test(clause.texts[i])) return true;
    }
    return false;
}

bool MatchText(Clause const& clause, std::string_view text) {
    switch (clause.op) {
        case Operator::kIn:
            return clause.texts.Contains(text);
        case Operator::kStartsWith:
            return AnyText(clause, [&](auto part) { return StartsWith(text, part); });
        case Operator::kEndsWith:
            return AnyText(clause, [&](auto part) {
                return part.size() <= text.size() &&
                       StartsWith(text.substr(text.size() - part.size()), part);
            });
        case Operator::kContains:
            return AnyText(clause, [&](auto part) { return text.find(part) != text.npos; });
        case Operator::kMatches:
            return std::any_of(clause.patterns.begin(), clause.patterns.end(),
                               [&](auto const& pattern) { return pattern.Matches(text); });
        case Operator::kBefore:
        case Operator::kAfter:
            if (auto const time = model::Timestamp::Parse(text)) return MatchTime(clause, *time);
            return false;
        case Operator::kSemVerEqual:
        case Operator::kSemVerLessThan:
        case Operator::kSemVerGreaterThan:
            return MatchVersion(clause, text);
        default:
            return false;
    }
}

// The numbers of a clause are sorted, so one of them decides for all.
bool MatchNumber(Clause const& clause, double number) noexcept {
    auto const& bounds = clause.numbers;
    switch (clause.op) {
        case Operator::kIn:
            // NaN, which is less than nothing, would be found.
            return !std::isnan(number) && std::binary_search(bounds.begin(), bounds.end(), number);
        case Operator::kLessThan:
            return !bounds.empty() && number < bounds.back();
        case Operator::kLessThanOrEqual:
            return !bounds.empty() && number <= bounds.back();
        case Operator::kGreaterThan:
            return !bounds.empty() && number > bounds.front();
        case Operator::kGreaterThanOrEqual:
            return !bounds.empty() && number >= bounds.front();
        case Operator::kBefore:
        case Operator::kAfter:
            return MatchTime(clause, model::Timestamp::FromMilliseconds(number));
        default:
            return false;
    }
}

bool MatchValue(Clause const& clause, Value const& value) {
    switch (value.GetType()) {
        case Value::Type::kString:
            return MatchText(clause, value.AsString());
        case Value::Type::kNumber:
            return MatchNumber(clause, value.AsDouble());
        case Value::Type::kBool:
            return clause.op == Operator::kIn &&
                   (value.AsBool() ? clause.has_true : clause.has_false);
        default:
            return false;
    }
}

bool MatchKind(Clause const& clause, Context const& context) {
    for (std::size_t i = 0; i < context.KindCount(); ++i) {
        if (MatchText(clause, context.At(i).Kind())) return true;
    }
    return false;
}

bool MatchAttribute(Clause const& clause, Value const& value) {
    if (!value.IsArray()) return MatchValue(clause, value);
    auto const& items = value.AsArray();
    return std::any_of(items.begin(), items.end(),
                       [&](Value const& item) { return MatchValue(clause, item); });
}

}  // namespace

Match MatchClause(Clause const& clause, ContextParts const& context) {
    if (!clause.attribute.Valid()) return Match::kMalformed;
    if (clause.attribute_is_kind)
        return ToMatch(MatchKind(clause, context.Whole()) != clause.negate);
    Context const* const part = context.Of(clause.context_kind);
    if (part == nullptr) return Match::kNo;
    // What is not there does not match, negated or not.
    Value const* const value = part->FindValue(clause.attribute);
    if (value == nullptr || value->IsNull()) return Match::kNo;
    return ToMatch(MatchAttribute(clause, *value) != clause.negate);
}

}  // namespace lddynamo::evaluation
