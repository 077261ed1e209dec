#include "model/clause.hpp"

#include "model/clause_decode.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace lddynamo::model {
namespace {

constexpr std::array<std::pair<std::string_view, Operator>, 15> kOperators{{
    {"in", Operator::kIn},
    {"startsWith", Operator::kStartsWith},
    {"endsWith", Operator::kEndsWith},
    {"contains", Operator::kContains},
    {"matches", Operator::kMatches},
    {"lessThan", Operator::kLessThan},
    {"lessThanOrEqual", Operator::kLessThanOrEqual},
    {"greaterThan", Operator::kGreaterThan},
    {"greaterThanOrEqual", Operator::kGreaterThanOrEqual},
    {"before", Operator::kBefore},
    {"after", Operator::kAfter},
    {"semVerEqual", Operator::kSemVerEqual},
    {"semVerLessThan", Operator::kSemVerLessThan},
    {"semVerGreaterThan", Operator::kSemVerGreaterThan},
    {"segmentMatch", Operator::kSegmentMatch},
}};

void Insert(Field const& field, KeySet& set, std::string_view text) {
    if (!set.Insert(text)) field.Fail("too many values");
}

void PrepareIn(Clause& clause, Field const& values, Value const& value) {
    if (value.IsString()) Insert(values, clause.texts, value.AsString());
    if (value.IsNumber()) clause.numbers.push_back(value.AsDouble());
    if (value.IsBool()) (value.AsBool() ? clause.has_true : clause.has_false) = true;
}

void PrepareTime(Clause& clause, Value const& value) {
    if (value.IsNumber()) {
        clause.times.push_back(Timestamp::FromMilliseconds(value.AsDouble()));
    } else if (value.IsString()) {
        if (auto const time = Timestamp::Parse(value.AsString())) clause.times.push_back(*time);
    }
}

void Prepare(Clause& clause, Field const& values, Value const& value) {
    switch (clause.op) {
        case Operator::kUnknown:
            return;
        case Operator::kIn:
            return PrepareIn(clause, values, value);
        case Operator::kStartsWith:
        case Operator::kEndsWith:
        case Operator::kContains:
        case Operator::kSegmentMatch:
            if (value.IsString()) Insert(values, clause.texts, value.AsString());
            return;
        case Operator::kMatches:
            if (!value.IsString()) return;
            if (auto pattern = Regex::Compile(value.AsString())) {
                clause.patterns.push_back(std::move(*pattern));
            }
            return;
        case Operator::kLessThan:
        case Operator::kLessThanOrEqual:
        case Operator::kGreaterThan:
        case Operator::kGreaterThanOrEqual:
            if (value.IsNumber()) clause.numbers.push_back(value.AsDouble());
            return;
        case Operator::kBefore:
        case Operator::kAfter:
            return PrepareTime(clause, value);
        case Operator::kSemVerEqual:
        case Operator::kSemVerLessThan:
        case Operator::kSemVerGreaterThan:
            if (!value.IsString()) return;
            if (auto const version = SemanticVersion::Parse(value.AsString())) {
                clause.versions.push_back({value, *version});
            }
            return;
    }
}

Clause DecodeClause(Field const& field) {
    Clause clause;
    if (!field.IsObject()) return clause;
    std::string attribute;
    std::string op;
    DecodeKind(field["contextKind"], clause.context_kind);
    field["attribute"].Read(attribute);
    field["op"].Read(op);
    field["negate"].Read(clause.negate);
    clause.attribute = DecodeAttribute(attribute, field["contextKind"]);
    clause.attribute_is_kind = attribute == "kind";
    clause.op = OperatorFromString(op);

    Field const values = field["values"];
    values.ForEach([&](Field const& item) { Prepare(clause, values, item.Get()); });
    std::sort(clause.numbers.begin(), clause.numbers.end());
    clause.texts.ShrinkToFit();
    return clause;
}

}  // namespace

Operator OperatorFromString(std::string_view name) noexcept {
    for (auto const& [text, op] : kOperators) {
        if (text == name) return op;
    }
    return Operator::kUnknown;
}

AttributeRef DecodeAttribute(std::string_view text, Field const& kind) {
    if (text.empty()) return {};
    bool const has_kind = kind.IsPresent() && !kind.Get().AsString().empty();
    return has_kind ? AttributeRef::Parse(text) : AttributeRef::Literal(text);
}

void DecodeKind(Field const& field, std::string& out) {
    field.Read(out);
    if (out == "user") out.clear();
}

void DecodeClauses(Field const& field, std::vector<Clause>& out) {
    field.ForEach([&](Field const& item) { out.push_back(DecodeClause(item)); });
}

void DecodeStrings(Field const& field, KeySet& out) {
    std::string text;
    field.ForEach([&](Field const& item) {
        text.clear();
        item.Read(text);
        Insert(item, out, text);
    });
    out.ShrinkToFit();
}

void DecodeRollout(Field const& field, Rollout& out) {
    if (!field.IsObject()) return;
    std::string kind;
    std::string bucket_by;
    field["kind"].Read(kind);
    DecodeKind(field["contextKind"], out.bucketing.context_kind);
    field["bucketBy"].Read(bucket_by);
    field["seed"].Read(out.seed);
    float sum = 0;
    field["variations"].ForEach([&](Field const& item) {
        if (!item.IsObject()) return;
        WeightedVariation weighted;
        item["variation"].Read(weighted.variation);
        item["weight"].Read(weighted.weight);
        item["untracked"].Read(weighted.untracked);
        // In single precision, as every SDK does: the last digit decides who is in a bucket.
        sum += static_cast<float>(weighted.weight) / 100000.0F;
        weighted.upper_bound = sum;
        out.variations.push_back(weighted);
    });
    out.experiment = kind == "experiment";
    out.bucketing.by_key = out.experiment || bucket_by.empty();
    out.bucketing.attribute = DecodeAttribute(bucket_by, field["contextKind"]);
}

void CollectSegments(std::vector<Clause> const& clauses, std::vector<std::string>& out) {
    for (Clause const& clause : clauses) {
        if (clause.op != Operator::kSegmentMatch) continue;
        for (std::size_t i = 0; i < clause.texts.Size(); ++i) out.emplace_back(clause.texts[i]);
    }
}

void SortUnique(std::vector<std::string>& keys) {
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

}  // namespace lddynamo::model
