#include "model/flag.hpp"

#include "model/clause_decode.hpp"
#include "model/field.hpp"

#include <utility>

namespace lddynamo::model {
namespace {

void DecodeTargets(Field const& field, std::vector<Target>& out) {
    field.ForEach([&](Field const& item) {
        if (!item.IsObject()) return;
        Target target;
        DecodeKind(item["contextKind"], target.context_kind);
        item["variation"].Read(target.variation);
        DecodeStrings(item["values"], target.values);
        out.push_back(std::move(target));
    });
}

void DecodePrerequisites(Field const& field, std::vector<Prerequisite>& out) {
    field.ForEach([&](Field const& item) {
        if (!item.IsObject()) return;
        Prerequisite prerequisite;
        item["key"].Read(prerequisite.key);
        item["variation"].Read(prerequisite.variation);
        out.push_back(std::move(prerequisite));
    });
}

void DecodeRules(Field const& field, std::vector<FlagRule>& out) {
    field.ForEach([&](Field const& item) {
        if (!item.IsObject()) return;
        FlagRule rule;
        item["id"].Read(rule.id);
        item["trackEvents"].Read(rule.track_events);
        item["variation"].Read(rule.result.variation);
        DecodeRollout(item["rollout"], rule.result.rollout);
        DecodeClauses(item["clauses"], rule.clauses);
        out.push_back(std::move(rule));
    });
}

void DecodeAvailability(Field const& flag, ClientSideAvailability& out) {
    flag["clientSide"].Read(out.using_environment_id);
    Field const field = flag["clientSideAvailability"];
    if (!field.IsObject()) return;
    out = {.using_mobile_key = false, .using_environment_id = false, .is_explicit = true};
    field["usingMobileKey"].Read(out.using_mobile_key);
    field["usingEnvironmentId"].Read(out.using_environment_id);
}

void DecodeFlagFields(Field const& field, FeatureFlag& flag) {
    field["key"].Read(flag.key);
    field["version"].Read(flag.version);
    field["deleted"].Read(flag.deleted);
    field["on"].Read(flag.on);
    field["trackEvents"].Read(flag.track_events);
    field["trackEventsFallthrough"].Read(flag.track_events_fallthrough);
    field["excludeFromSummaries"].Read(flag.exclude_from_summaries);
    field["offVariation"].Read(flag.off_variation);
    field["salt"].Read(flag.salt);
    field["debugEventsUntilDate"].Read(flag.debug_events_until);
    if (flag.debug_events_until == 0) flag.debug_events_until.reset();  // as the Go SDK: none
    field["samplingRatio"].Read(flag.sampling_ratio);
    DecodePrerequisites(field["prerequisites"], flag.prerequisites);
    DecodeTargets(field["targets"], flag.targets);
    DecodeTargets(field["contextTargets"], flag.context_targets);
    DecodeRules(field["rules"], flag.rules);
    field["variations"].ForEach([&](Field const& item) { flag.variations.push_back(item.Get()); });
    DecodeAvailability(field, flag.client_side_availability);

    Field const fallthrough = field["fallthrough"];
    if (fallthrough.IsObject()) {
        fallthrough["variation"].Read(flag.fallthrough.variation);
        DecodeRollout(fallthrough["rollout"], flag.fallthrough.rollout);
    }
    Field const migration = field["migration"];
    if (migration.IsObject()) migration["checkRatio"].Read(flag.migration.emplace().check_ratio);
}

void PrepareRollout(FeatureFlag const& flag, Rollout& rollout) {
    rollout.bucketing.hash_prefix =
        rollout.seed ? std::to_string(*rollout.seed) + '.' : flag.key + '.' + flag.salt + '.';
}

void Prepare(FeatureFlag& flag) {
    PrepareRollout(flag, flag.fallthrough.rollout);
    for (FlagRule& rule : flag.rules) {
        PrepareRollout(flag, rule.result.rollout);
        CollectSegments(rule.clauses, flag.referenced_segments);
    }
    for (Prerequisite const& prerequisite : flag.prerequisites) {
        flag.referenced_flags.push_back(prerequisite.key);
    }
    SortUnique(flag.referenced_flags);
    SortUnique(flag.referenced_segments);
}

}  // namespace

Result<std::unique_ptr<FeatureFlag const>> DecodeFlag(std::string_view json) {
    auto const document = Value::Parse(json);
    if (!document) return Fail(document.error());
    std::string error;
    Field const root(*document, error);
    auto flag = std::make_unique<FeatureFlag>();
    if (root.IsObject()) DecodeFlagFields(root, *flag);
    if (!error.empty()) return Fail(ErrorCode::kInvalidData, std::move(error));
    Prepare(*flag);
    return std::unique_ptr<FeatureFlag const>(std::move(flag));
}

}  // namespace lddynamo::model
