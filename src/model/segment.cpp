#include "model/segment.hpp"

#include "model/clause_decode.hpp"
#include "model/field.hpp"

#include <utility>

namespace lddynamo::model {
namespace {

void DecodeTargets(Field const& field, std::vector<SegmentTarget>& out) {
    field.ForEach([&](Field const& item) {
        if (!item.IsObject()) return;
        SegmentTarget target;
        DecodeKind(item["contextKind"], target.context_kind);
        DecodeStrings(item["values"], target.values);
        out.push_back(std::move(target));
    });
}

void DecodeRules(Field const& field, std::vector<SegmentRule>& out) {
    field.ForEach([&](Field const& item) {
        if (!item.IsObject()) return;
        SegmentRule rule;
        std::string bucket_by;
        item["id"].Read(rule.id);
        item["weight"].Read(rule.weight);
        item["bucketBy"].Read(bucket_by);
        DecodeKind(item["rolloutContextKind"], rule.bucketing.context_kind);
        rule.bucketing.by_key = bucket_by.empty();
        rule.bucketing.attribute = DecodeAttribute(bucket_by, item["rolloutContextKind"]);
        DecodeClauses(item["clauses"], rule.clauses);
        out.push_back(std::move(rule));
    });
}

void DecodeSegmentFields(Field const& field, Segment& segment) {
    field["key"].Read(segment.key);
    field["version"].Read(segment.version);
    field["deleted"].Read(segment.deleted);
    field["salt"].Read(segment.salt);
    field["unbounded"].Read(segment.unbounded);
    DecodeKind(field["unboundedContextKind"], segment.unbounded_context_kind);
    field["generation"].Read(segment.generation);
    DecodeStrings(field["included"], segment.included);
    DecodeStrings(field["excluded"], segment.excluded);
    DecodeTargets(field["includedContexts"], segment.included_contexts);
    DecodeTargets(field["excludedContexts"], segment.excluded_contexts);
    DecodeRules(field["rules"], segment.rules);
}

void Prepare(Segment& segment) {
    if (segment.generation) {
        segment.big_segment_ref = segment.key + ".g" + std::to_string(*segment.generation);
    }
    for (SegmentRule& rule : segment.rules) {
        rule.bucketing.hash_prefix = segment.key + '.' + segment.salt + '.';
        CollectSegments(rule.clauses, segment.referenced_segments);
    }
    SortUnique(segment.referenced_segments);
}

}  // namespace

Result<std::unique_ptr<Segment const>> DecodeSegment(std::string_view json) {
    auto const document = Value::Parse(json);
    if (!document) return Fail(document.error());
    std::string error;
    Field const root(*document, error);
    auto segment = std::make_unique<Segment>();
    if (root.IsObject()) DecodeSegmentFields(root, *segment);
    if (!error.empty()) return Fail(ErrorCode::kInvalidData, std::move(error));
    Prepare(*segment);
    return std::unique_ptr<Segment const>(std::move(segment));
}

}  // namespace lddynamo::model
