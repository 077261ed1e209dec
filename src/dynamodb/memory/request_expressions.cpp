#include "dynamodb/memory/request_expressions.hpp"

#include "dynamodb/memory/condition_parser.hpp"
#include "dynamodb/memory/projection_parser.hpp"
#include "dynamodb/memory/update_parser.hpp"

#include <algorithm>

namespace lddynamo::dynamodb::memory {
namespace {

template <class Parsed, class Parse>
std::string ParseOne(std::optional<std::string> const& text, std::string_view name,
                     ExpressionContext& context, std::optional<Parsed>& result, Parse parse) {
    if (!text) return {};
    auto parsed = parse(*text, context);
    if (!parsed) return "Invalid " + std::string(name) + ": " + parsed.error();
    result = std::move(*parsed);
    return {};
}

std::string Joined(std::initializer_list<Presence> parameters) {
    std::string text;
    for (auto const& [name, present] : parameters) {
        if (!present) continue;
        if (!text.empty()) text += ", ";
        text += name;
    }
    return text;
}

}  // namespace

Outcome<ParsedExpressions> ParseExpressions(ExpressionTexts const& texts) {
    ExpressionContext context(texts.names ? &*texts.names : nullptr,
                              texts.values ? &*texts.values : nullptr);
    if (std::string problem = context.CheckMaps(); !problem.empty()) return Invalid(problem);
    ParsedExpressions parsed;
    std::string problem =
        ParseOne(texts.update, "UpdateExpression", context, parsed.update, ParseUpdate);
    if (problem.empty()) {
        problem = ParseOne(texts.condition, "ConditionExpression", context, parsed.condition,
                           ParseCondition);
    }
    if (problem.empty()) {
        problem = ParseOne(texts.key_condition, "KeyConditionExpression", context,
                           parsed.key_condition, ParseCondition);
    }
    if (problem.empty()) {
        problem =
            ParseOne(texts.filter, "FilterExpression", context, parsed.filter, ParseCondition);
    }
    if (problem.empty()) {
        problem = ParseOne(texts.projection, "ProjectionExpression", context, parsed.projection,
                           ParseProjection);
    }
    if (problem.empty()) problem = context.CheckUnused();
    if (!problem.empty()) return Invalid(problem);
    return parsed;
}

std::string CheckMix(ExpressionTexts const& texts, std::initializer_list<Presence> expressions,
                     std::initializer_list<Presence> others) {
    std::string const used = Joined(expressions);
    if (std::string const mixed = Joined(others); !used.empty() && !mixed.empty()) {
        return "Can not use both expression and non-expression parameters in the same request: "
               "Non-expression parameters: {" +
               mixed + "} Expression parameters: {" + used + "}";
    }
    if (texts.names && used.empty()) {
        return "ExpressionAttributeNames can only be specified when using expressions";
    }
    // Projections have no values.
    auto const takes_values = [](Presence const& p) { return p.first != "ProjectionExpression"; };
    auto const count = std::count_if(expressions.begin(), expressions.end(), takes_values);
    bool const any = std::any_of(expressions.begin(), expressions.end(),
                                 [&](Presence const& p) { return takes_values(p) && p.second; });
    if (!texts.values || any || count == 0) return {};
    std::string names;
    for (Presence const& parameter : expressions) {
        if (!takes_values(parameter)) continue;
        if (!names.empty()) names += " and ";
        names += parameter.first;
    }
    return "ExpressionAttributeValues can only be specified when using expressions: " + names +
           (count > 1 ? " are" : " is") + " null";
}

}  // namespace lddynamo::dynamodb::memory
