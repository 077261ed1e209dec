#include "dynamodb/memory/engine.hpp"
#include "dynamodb/memory/evaluator.hpp"
#include "dynamodb/memory/page.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

constexpr std::string_view kBadStart = "The provided starting key is invalid";

constexpr std::string_view kOutside =
    "The provided starting key is outside query boundaries based on provided conditions";

using RowIterator = Table::Partition::const_iterator;
struct RowRange {
    RowIterator first{};
    RowIterator last{};
};

/// The rows of a partition whose sort keys meet the condition: they stand side by side.
RowRange FindRange(Table::Partition const& rows, LegacyCondition const* condition) {
    RowRange range{rows.begin(), rows.end()};
    if (!condition) return range;
    std::string const& comparison = condition->comparison;
    std::string const low = SortableKey(condition->values[0].value);
    if (comparison == "EQ" || comparison == "GE" || comparison == "BETWEEN" ||
        comparison == "BEGINS_WITH") {
        range.first = rows.lower_bound(low);
    } else if (comparison == "GT") {
        range.first = rows.upper_bound(low);
    }
    if (comparison == "EQ" || comparison == "LE") {
        range.last = rows.upper_bound(low);
    } else if (comparison == "LT") {
        range.last = rows.lower_bound(low);
    } else if (comparison == "BETWEEN") {
        range.last = rows.upper_bound(SortableKey(condition->values[1].value));
    } else if (comparison == "BEGINS_WITH") {
        // The first key after all that begin so.
        std::string after = low;
        while (!after.empty() && static_cast<unsigned char>(after.back()) == 0xFF) after.pop_back();
        if (!after.empty()) {
            after.back() = static_cast<char>(static_cast<unsigned char>(after.back()) + 1);
            range.last = rows.lower_bound(after);
        }
    }
    return range;
}

std::string CheckQueryKeys(Table const& table, LegacyConditions const& conditions) {
    auto const check = [&](std::string const& name, std::string const& type,
                           bool partition) -> std::string {
        if (partition && !table.HasSortKey() && conditions.size() > 1) {
            return "Query key condition not supported";
        }
        auto const it = conditions.find(name);
        if (it == conditions.end()) {
            if (!partition && conditions.size() < 2) return {};
            return "Query condition missed key schema element: " + name;
        }
        LegacyCondition const& condition = it->second;
        for (std::string_view const unusable :
             {"NULL", "NOT_NULL", "NE", "CONTAINS", "NOT_CONTAINS", "IN"}) {
            if (condition.comparison == unusable) {
                return "Attempted conditional constraint is not an indexable operation";
            }
        }
        for (CheckedValue const& value : condition.values) {
            if (value.value.TypeName() != type) {
                return "One or more parameter values were invalid: Condition parameter type does "
                       "not "
                       "match schema type";
            }
        }
        if (partition && condition.comparison != "EQ") return "Query key condition not supported";
        for (CheckedValue const& value : condition.values) {
            if (std::string problem = table.CheckKeyBytes(value.value, name, kNotValid);
                !problem.empty()) {
                return problem;
            }
        }
        return {};
    };
    std::string problem = check(table.Keys().partition_key, table.Keys().partition_type, true);
    if (problem.empty() && table.HasSortKey()) {
        problem = check(table.Keys().sort_key, table.Keys().sort_type, false);
    }
    return problem;
}

std::string CheckStartOfQuery(Table const& table, LegacyConditions const& conditions,
                              Item const& start) {
    if (start.size() != (table.HasSortKey() ? 2U : 1U)) return std::string(kBadStart);
    for (std::string const* name : {&table.Keys().partition_key, &table.Keys().sort_key}) {
        if (!name->empty() && !FindAttribute(start, *name)) return std::string(kBadStart);
    }
    if (std::string problem = table.CheckKey(start); !problem.empty()) return problem;
    auto const partition = conditions.find(table.Keys().partition_key);
    bool const same_partition = SameValue(partition->second.values[0].value,
                                          *FindAttribute(start, table.Keys().partition_key));
    auto const sort =
        table.HasSortKey() ? conditions.find(table.Keys().sort_key) : conditions.end();
    if (sort == conditions.end()) {
        return same_partition ? std::string() : std::string(kOutside);
    }
    if (!Matches(ToNode(sort->first, sort->second), start)) {
        return "The provided starting key does not match the range key predicate";
    }
    return same_partition
               ? std::string()
               : std::string("The query can return at most one row and cannot be restarted");
}

std::string CheckSelect(QueryInput const& input) {
    if (!input.select) return {};
    bool const narrowed = input.attributes_to_get || input.expressions.projection;
    std::string const which =
        input.expressions.projection ? "ProjectionExpression" : "AttributesToGet";
    if (*input.select == "ALL_PROJECTED_ATTRIBUTES" && !input.index) {
        return "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName";
    }
    if (*input.select == "SPECIFIC_ATTRIBUTES" && !narrowed) {
        return "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
               "SPECIFIC_ATTRIBUTES";
    }
    if (narrowed && *input.select == "COUNT") {
        return "Cannot specify the " + which + " when choosing to get only the Count";
    }
    if (narrowed && *input.select != "SPECIFIC_ATTRIBUTES") {
        return "Cannot specify the " + which + " when choosing to get " + *input.select;
    }
    return {};
}

/// "The provided starting key is invalid: " goes before most, not all, of what may be wrong.
std::string StartFlaw(std::string const& flaw) {
    for (std::string_view const plain : {"contains duplicates", "number set", "numeric value",
                                         "significant digits", "number with magnitude"}) {
        if (flaw.find(plain) != std::string::npos) return flaw;
    }
    return std::string(kBadStart) + ": " + flaw;
}

std::string CheckSegments(QueryInput const& input) {
    if (input.segment && !input.total_segments) {
        return "The TotalSegments parameter is required but was not present in the request when "
               "Segment "
               "parameter is present";
    }
    if (!input.total_segments) return {};
    if (!input.segment) {
        return "The Segment parameter is required but was not present in the request when "
               "parameter "
               "TotalSegments is present";
    }
    if (*input.segment >= *input.total_segments) {
        return "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
               "Segment: " +
               std::to_string(*input.segment) +
               " is not less than TotalSegments: " + std::to_string(*input.total_segments);
    }
    return {};
}

bool InSegment(QueryInput const& input, std::string const& partition) {
    if (!input.total_segments) return true;
    auto const hash = static_cast<std::uint64_t>(std::hash<std::string>{}(partition));
    return hash % static_cast<std::uint64_t>(*input.total_segments) ==
           static_cast<std::uint64_t>(*input.segment);
}

std::string CheckParameters(QueryInput const& input) {
    ExpressionTexts const& texts = input.expressions;
    Presence const projection{"ProjectionExpression", texts.projection.has_value()};
    Presence const filter{"FilterExpression", texts.filter.has_value()};
    Presence const attributes{"AttributesToGet", input.attributes_to_get.has_value()};
    Presence const conditional{"ConditionalOperator", input.conditional_operator.has_value()};
    if (input.scan) {
        return CheckMix(texts, {projection, filter},
                        {attributes, {"ScanFilter", input.filter.has_value()}, conditional});
    }
    // Old key conditions go with the other expressions.
    return CheckMix(
        texts, {projection, filter, {"KeyConditionExpression", texts.key_condition.has_value()}},
        {attributes,
         {"QueryFilter", input.filter.has_value()},
         conditional,
         {"KeyConditions", input.key_conditions && texts.key_condition}});
}

std::string CheckFilterOfKeys(QueryInput const& input, ParsedExpressions const& expressions,
                              Table const& table) {
    for (std::string const* key : {&table.Keys().partition_key, &table.Keys().sort_key}) {
        bool const used =
            input.filter ? input.filter->contains(*key)
                         : expressions.filter && expressions.filter->paths.heads.contains(*key);
        if (used && !key->empty()) {
            return std::string(input.filter ? "QueryFilter" : "Filter Expression") +
                   " can only contain non-primary key attributes: Primary key attribute: " + *key;
        }
    }
    return {};
}

std::string CheckPaths(ParsedExpressions const& expressions, Table const& table) {
    std::string problem;
    if (expressions.projection) problem = CheckKeyPaths(expressions.projection->use, table);
    if (problem.empty() && expressions.filter) {
        problem = CheckKeyPaths(expressions.filter->paths, table);
    }
    return problem;
}

void ScanRows(Table const& table, QueryInput const& input, Page& page) {
    auto const& partitions = table.Partitions();
    RowKey const start = input.start ? table.KeyOf(input.start->item) : RowKey{};
    for (auto it = partitions.lower_bound(start.partition); it != partitions.end(); ++it) {
        if (!InSegment(input, it->first)) continue;
        auto row = it->second.begin();
        if (input.start && it->first == start.partition) row = it->second.upper_bound(start.sort);
        for (; row != it->second.end(); ++row) {
            if (!page.Add(row->second)) return;
        }
    }
}

void QueryRows(Table const& table, QueryInput const& input, LegacyConditions const& conditions,
               Page& page) {
    auto const& wanted = conditions.find(table.Keys().partition_key)->second;
    auto const partition = table.Partitions().find(SortableKey(wanted.values[0].value));
    if (partition == table.Partitions().end()) return;
    Table::Partition const& rows = partition->second;
    auto const sort =
        table.HasSortKey() ? conditions.find(table.Keys().sort_key) : conditions.end();
    RowRange range = FindRange(rows, sort == conditions.end() ? nullptr : &sort->second);
    if (input.start) {
        std::string const start = table.KeyOf(input.start->item).sort;
        // The start is inside the range.
        if (input.forward) {
            range.first = rows.upper_bound(start);
        } else {
            range.last = rows.lower_bound(start);
        }
    }
    if (input.forward) {
        for (; range.first != range.last; ++range.first) {
            if (!page.Add(range.first->second)) return;
        }
        return;
    }
    while (range.last != range.first) {
        --range.last;
        if (!page.Add(range.last->second)) return;
    }
}

}  // namespace

Outcome<QueryOutput> Engine::Query(QueryInput const& input) const {
    std::string problem = CheckTableName(input.table, "tableName");
    if (problem.empty() && input.limit && *input.limit < 1) {
        problem =
            "1 validation error detected: Value '" + std::to_string(*input.limit) +
            "' at 'limit' failed to satisfy constraint: Member must have value greater than or "
            "equal to 1";
    }
    if (problem.empty()) problem = CheckParameters(input);
    // A scan looks at its parameters in another order than a query.
    if (problem.empty() && input.scan) problem = CheckAttributesToGet(input.attributes_to_get);
    if (problem.empty() && input.filter) problem = CheckConditions(*input.filter);
    if (problem.empty()) problem = CheckAttributesToGet(input.attributes_to_get);
    if (problem.empty() && input.start && !input.start->flaw.empty()) {
        problem = StartFlaw(input.start->flaw);
    }
    if (problem.empty() && input.scan) problem = CheckSegments(input);
    if (problem.empty() && !input.scan && !input.key_conditions &&
        !input.expressions.key_condition) {
        problem =
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
            "request.";
    }
    if (problem.empty()) problem = CheckSelect(input);
    if (!problem.empty()) return Invalid(problem);
    auto const expressions = ParseExpressions(input.expressions);
    if (!expressions) return Refuse(expressions.error());

    LegacyConditions conditions;
    if (!input.scan) {
        if (expressions->key_condition) {
            auto converted = ToKeyConditions(expressions->key_condition->root);
            if (!converted) return Invalid(converted.error());
            conditions = std::move(*converted);
        } else {
            conditions = *input.key_conditions;
        }
        if (problem = CheckConditions(conditions); !problem.empty()) return Invalid(problem);
        if (conditions.empty() || conditions.size() > 2) {
            return Invalid("Conditions can be of length 1 or 2 only");
        }
    }

    Table const* table = FindTable(input.table);
    if (!table) return NoSuchTable();
    if (input.index) {
        return Invalid("The table does not have the specified index: " + *input.index);
    }
    if (!input.scan) {
        if (input.start && input.start->item.size() != (table->HasSortKey() ? 2U : 1U)) {
            problem = kBadStart;
        }
        if (problem.empty()) problem = CheckQueryKeys(*table, conditions);
        if (problem.empty() && input.start) {
            problem = CheckStartOfQuery(*table, conditions, input.start->item);
        }
        if (problem.empty()) problem = CheckFilterOfKeys(input, *expressions, *table);
    } else if (input.start) {
        problem = table->CheckKey(input.start->item);
        if (!problem.empty()) {
            problem = std::string(kBadStart) + ": " + problem;
        } else if (!InSegment(input, table->KeyOf(input.start->item).partition)) {
            problem =
                std::string(kBadStart) +
                ": Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. "
                "TotalSegments: " +
                std::to_string(*input.total_segments) +
                " Segment: " + std::to_string(*input.segment);
        }
    }
    if (problem.empty()) problem = CheckPaths(*expressions, *table);
    if (!problem.empty()) return Invalid(problem);

    std::optional<Node> filter;
    if (expressions->filter) {
        filter = expressions->filter->root;
    } else if (input.filter) {
        filter = ToNode(*input.filter, input.conditional_operator == "OR");
    }
    Page page(input, filter ? &*filter : nullptr, expressions->projection);
    if (input.scan) {
        ScanRows(*table, input, page);
    } else {
        QueryRows(*table, input, conditions, page);
    }
    return page.Finish(*table);
}

}  // namespace lddynamo::dynamodb::memory
