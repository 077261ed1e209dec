#include "evaluation/evaluator.hpp"

#include "evaluation/bucketing.hpp"
#include "evaluation/clause_match.hpp"
#include "evaluation/context_parts.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace lddynamo::evaluation {
namespace {

using model::FeatureFlag;
using model::Segment;
using Reason = EvaluationReason;

int Severity(Reason::BigSegmentsStatus status) noexcept {
    switch (status) {
        case Reason::BigSegmentsStatus::kNone:
            return 0;
        case Reason::BigSegmentsStatus::kHealthy:
            return 1;
        case Reason::BigSegmentsStatus::kStale:
            return 2;
        case Reason::BigSegmentsStatus::kStoreError:
            return 3;
        case Reason::BigSegmentsStatus::kNotConfigured:
            return 4;
    }
    return 0;
}

// What is being evaluated, from the innermost outwards: a list in the frames of the call stack.
template <class Item>
struct Chain {
    Item const& item;
    Chain const* outer;

    [[nodiscard]] static bool Has(Chain const* chain, Item const& item) noexcept {
        for (; chain != nullptr; chain = chain->outer) {
            if (&chain->item == &item || chain->item.key == item.key) return true;
        }
        return false;
    }
};
using FlagChain = Chain<FeatureFlag>;
using SegmentChain = Chain<Segment>;

void SetError(Outcome& out, Reason::ErrorKind error) noexcept {
    out = Outcome{};
    out.error_kind = error;
}

void SetMalformed(Outcome& out) noexcept {
    SetError(out, Reason::ErrorKind::kMalformedFlag);
}

// Gives the variation; the reason is in `out` already.
void SetVariation(FeatureFlag const& flag, int index, Outcome& out) noexcept {
    if (index < 0 || static_cast<std::size_t>(index) >= flag.variations.size()) {
        return SetMalformed(out);
    }
    out.value = &flag.variations[static_cast<std::size_t>(index)];
    out.variation_index = index;
}

void SetOff(FeatureFlag const& flag, Reason::Kind kind, Outcome& out) noexcept {
    out.kind = kind;
    if (flag.off_variation) SetVariation(flag, *flag.off_variation, out);
}

class Evaluation {
  public:
    Evaluation(Context const& context, DataLookup const& lookup, PrerequisiteObserver* observer,
               BigSegmentLookup* big_segments) noexcept
        : context_(context), lookup_(lookup), observer_(observer), big_segments_(big_segments) {}

    // False: the data contradict themselves, and nothing but an error may come of the evaluation.
    [[nodiscard]] bool EvaluateFlag(FeatureFlag const& flag, FlagChain const* outer, Outcome& out);

    [[nodiscard]] Reason::BigSegmentsStatus Status() const noexcept { return status_; }

  private:
    // Counts a nested evaluation while it lasts, and all of them together.
    class Nesting {
      public:
        explicit Nesting(Evaluation& evaluation) noexcept : evaluation_(evaluation) {
            ++evaluation_.depth_;
            ++evaluation_.steps_;
        }
        Nesting(Nesting const&) = delete;
        Nesting& operator=(Nesting const&) = delete;
        ~Nesting() { --evaluation_.depth_; }
        [[nodiscard]] bool IsTooMuch() const noexcept {
            return evaluation_.depth_ > kMaxDepth || evaluation_.steps_ > kMaxSteps;
        }

      private:
        Evaluation& evaluation_;
    };

    enum class Check { kPassed, kFailed, kMalformed };
    [[nodiscard]] Check CheckPrerequisites(FeatureFlag const& flag, FlagChain const* outer,
                                           Outcome& out);
    [[nodiscard]] bool MatchTargets(FeatureFlag const& flag, Outcome& out) const;
    [[nodiscard]] bool MatchTarget(model::Target const& target) const;
    void Resolve(FeatureFlag const& flag, model::VariationOrRollout const& what,
                 Outcome& out) const;

    [[nodiscard]] Match MatchClauses(std::vector<model::Clause> const& clauses,
                                     SegmentChain const* outer);
    [[nodiscard]] Match MatchSegments(model::Clause const& clause, SegmentChain const* outer);
    [[nodiscard]] Match MatchSegment(Segment const& segment, SegmentChain const* outer);
    [[nodiscard]] Match MatchSegmentRule(model::SegmentRule const& rule, SegmentChain const* outer);
    [[nodiscard]] std::optional<bool> FindMember(Segment const& segment) const;
    [[nodiscard]] std::optional<bool> FindBigMember(Segment const& segment);
    [[nodiscard]] bool IsIn(std::vector<model::SegmentTarget> const& targets) const;
    void Worsen(Reason::BigSegmentsStatus status) noexcept {
        if (Severity(status) > Severity(status_)) status_ = status;
    }

    ContextParts context_;
    DataLookup const& lookup_;
    PrerequisiteObserver* observer_;
    BigSegmentLookup* big_segments_;
    Reason::BigSegmentsStatus status_ = Reason::BigSegmentsStatus::kNone;
    int depth_ = 0;
    int steps_ = 0;
};

bool Evaluation::EvaluateFlag(FeatureFlag const& flag, FlagChain const* outer, Outcome& out) {
    if (!flag.on) {
        SetOff(flag, Reason::Kind::kOff, out);
        return true;
    }
    if (!flag.prerequisites.empty()) {
        switch (CheckPrerequisites(flag, outer, out)) {
            case Check::kPassed:
                break;
            case Check::kFailed:
                return true;
            case Check::kMalformed:
                SetMalformed(out);
                return false;
        }
    }
    if (MatchTargets(flag, out)) return true;

    for (std::size_t i = 0; i < flag.rules.size(); ++i) {
        model::FlagRule const& rule = flag.rules[i];
        Match const match = MatchClauses(rule.clauses, nullptr);
        if (match == Match::kNo) continue;
        if (match == Match::kMalformed) {
            SetMalformed(out);
            return false;
        }
        out.kind = Reason::Kind::kRuleMatch;
        out.rule_index = static_cast<int>(i);
        out.rule_id = rule.id;
        Resolve(flag, rule.result, out);
        return true;
    }

    out.kind = Reason::Kind::kFallthrough;
    Resolve(flag, flag.fallthrough, out);
    return true;
}

Evaluation::Check Evaluation::CheckPrerequisites(FeatureFlag const& flag, FlagChain const* outer,
                                                 Outcome& out) {
    Nesting const nesting(*this);
    if (nesting.IsTooMuch()) return Check::kMalformed;
    FlagChain const chain{flag, outer};
    for (model::Prerequisite const& wanted : flag.prerequisites) {
        FeatureFlag const* const prerequisite = lookup_.FindFlag(wanted.key);
        bool passed = false;
        if (prerequisite != nullptr) {
            if (++steps_ > kMaxSteps) return Check::kMalformed;
            if (FlagChain::Has(&chain, *prerequisite)) return Check::kMalformed;
            Outcome outcome;
            if (!EvaluateFlag(*prerequisite, &chain, outcome)) return Check::kMalformed;
            // A flag that is off never fulfils, whatever its off variation is.
            passed = prerequisite->on && outcome.value != nullptr &&
                     outcome.variation_index == wanted.variation;
            if (observer_ != nullptr) observer_->OnPrerequisite(flag, *prerequisite, outcome);
        }
        if (!passed) {
            out.prerequisite_key = wanted.key;
            SetOff(flag, Reason::Kind::kPrerequisiteFailed, out);
            return Check::kFailed;
        }
    }
    return Check::kPassed;
}

bool Evaluation::MatchTarget(model::Target const& target) const {
    if (target.values.Empty()) return false;
    Context const* const part = context_.Of(target.context_kind);
    return part != nullptr && target.values.Contains(part->Key());
}

bool Evaluation::MatchTargets(FeatureFlag const& flag, Outcome& out) const {
    auto const give = [&](model::Target const& target) {
        if (!MatchTarget(target)) return false;
        out.kind = Reason::Kind::kTargetMatch;
        SetVariation(flag, target.variation, out);
        return true;
    };
    if (flag.context_targets.empty()) {
        return std::any_of(flag.targets.begin(), flag.targets.end(), give);
    }
    return std::any_of(
        flag.context_targets.begin(), flag.context_targets.end(), [&](model::Target const& target) {
            if (!target.context_kind.empty() || !target.values.Empty()) return give(target);
            // An entry for users without keys stands for the entry of that variation in `targets`.
            auto const entry = std::find_if(
                flag.targets.begin(), flag.targets.end(),
                [&](model::Target const& t) { return t.variation == target.variation; });
            return entry != flag.targets.end() && give(*entry);
        });
}

void Evaluation::Resolve(FeatureFlag const& flag, model::VariationOrRollout const& what,
                         Outcome& out) const {
    if (what.variation) return SetVariation(flag, *what.variation, out);
    model::Rollout const& rollout = what.rollout;
    if (rollout.variations.empty()) return SetMalformed(out);
    Bucket const bucket = ComputeBucket(rollout.bucketing, context_);
    if (bucket.problem == Bucket::Problem::kBadAttribute) return SetMalformed(out);
    // Behind the last bound (rounding, or weights below 100 %) the last bucket holds.
    auto chosen = std::find_if(
        rollout.variations.begin(), rollout.variations.end(),
        [&](model::WeightedVariation const& entry) { return bucket.value < entry.upper_bound; });
    bool const behind = chosen == rollout.variations.end();
    if (behind) --chosen;
    out.in_experiment = rollout.experiment && !chosen->untracked &&
                        (behind || bucket.problem != Bucket::Problem::kNoSuchKind);
    SetVariation(flag, chosen->variation, out);
}

Match Evaluation::MatchClauses(std::vector<model::Clause> const& clauses,
                               SegmentChain const* outer) {
    for (model::Clause const& clause : clauses) {
        Match const match = clause.op == model::Operator::kSegmentMatch
                                ? MatchSegments(clause, outer)
                                : MatchClause(clause, context_);
        if (match != Match::kYes) return match;
    }
    return Match::kYes;
}

Match Evaluation::MatchSegments(model::Clause const& clause, SegmentChain const* outer) {
    for (std::size_t i = 0; i < clause.texts.Size(); ++i) {
        Segment const* const segment = lookup_.FindSegment(clause.texts[i]);
        if (segment == nullptr) continue;
        Match const match = MatchSegment(*segment, outer);
        if (match == Match::kMalformed) return match;
        if (match == Match::kYes) return ToMatch(!clause.negate);
    }
    return ToMatch(clause.negate);
}

Match Evaluation::MatchSegment(Segment const& segment, SegmentChain const* outer) {
    Nesting const nesting(*this);
    if (nesting.IsTooMuch() || SegmentChain::Has(outer, segment)) return Match::kMalformed;
    if (segment.unbounded) {
        if (!segment.generation) {
            // The row was written by an SDK that does not know of generations.
            Worsen(Reason::BigSegmentsStatus::kNotConfigured);
            return Match::kNo;
        }
        if (context_.Of(segment.unbounded_context_kind) == nullptr) return Match::kNo;
    }
    auto const member = segment.unbounded ? FindBigMember(segment) : FindMember(segment);
    if (member) return ToMatch(*member);

    SegmentChain const chain{segment, outer};
    for (model::SegmentRule const& rule : segment.rules) {
        Match const match = MatchSegmentRule(rule, &chain);
        if (match != Match::kNo) return match;
    }
    return Match::kNo;
}

std::optional<bool> Evaluation::FindBigMember(Segment const& segment) {
    if (big_segments_ == nullptr) {
        Worsen(Reason::BigSegmentsStatus::kNotConfigured);
        return std::nullopt;
    }
    Context const* const part = context_.Of(segment.unbounded_context_kind);
    auto const membership = big_segments_->Find(part->Key(), segment.big_segment_ref);
    Worsen(membership.status);
    return membership.included;
}

std::optional<bool> Evaluation::FindMember(Segment const& segment) const {
    Context const* const user = context_.User();
    // The lists by kind are not asked for a context that is nothing but a user (as the Go SDK).
    bool const others = user == nullptr || context_.Whole().Multiple();
    if (user != nullptr && segment.included.Contains(user->Key())) return true;
    if (others && IsIn(segment.included_contexts)) return true;
    if (user != nullptr && segment.excluded.Contains(user->Key())) return false;
    if (others && IsIn(segment.excluded_contexts)) return false;
    return std::nullopt;
}

bool Evaluation::IsIn(std::vector<model::SegmentTarget> const& targets) const {
    return std::any_of(targets.begin(), targets.end(), [&](model::SegmentTarget const& target) {
        Context const* const part = context_.Of(target.context_kind);
        return part != nullptr && target.values.Contains(part->Key());
    });
}

Match Evaluation::MatchSegmentRule(model::SegmentRule const& rule, SegmentChain const* outer) {
    Match const match = MatchClauses(rule.clauses, outer);
    if (match != Match::kYes || !rule.weight) return match;
    Bucket const bucket = ComputeBucket(rule.bucketing, context_);
    switch (bucket.problem) {
        case Bucket::Problem::kBadAttribute:
            return Match::kMalformed;
        case Bucket::Problem::kNoSuchKind:
            return Match::kNo;
        case Bucket::Problem::kNone:
            break;
    }
    return ToMatch(bucket.value < static_cast<float>(*rule.weight) / 100000.0F);
}

}  // namespace

Outcome Evaluate(FeatureFlag const& flag, Context const& context, DataLookup const& lookup,
                 PrerequisiteObserver* observer, BigSegmentLookup* big_segments) {
    Evaluation evaluation(context, lookup, observer, big_segments);
    Outcome out;
    // On false `out` holds the error already.
    static_cast<void>(evaluation.EvaluateFlag(flag, nullptr, out));
    out.big_segments_status = evaluation.Status();
    return out;
}

bool IsExperiment(FeatureFlag const& flag, Outcome const& outcome) noexcept {
    if (outcome.in_experiment) return true;
    if (outcome.kind == Reason::Kind::kFallthrough) return flag.track_events_fallthrough;
    if (outcome.kind != Reason::Kind::kRuleMatch) return false;
    auto const index = static_cast<std::size_t>(outcome.rule_index);
    return outcome.rule_index >= 0 && index < flag.rules.size() && flag.rules[index].track_events;
}

EvaluationReason Outcome::Reason() const {
    EvaluationReason reason;
    reason.kind = kind;
    reason.error_kind = error_kind;
    reason.rule_index = rule_index;
    reason.rule_id = rule_id;
    reason.prerequisite_key = prerequisite_key;
    reason.in_experiment = in_experiment;
    reason.big_segments_status = big_segments_status;
    return reason;
}

}  // namespace lddynamo::evaluation
