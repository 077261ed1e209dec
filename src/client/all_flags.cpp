// The part of Client::Core that evaluates every flag.
#include "client/core.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace lddynamo {

using client::BigSegmentView;
using client::CacheLookup;
using client::Entry;
using client::Epochs;
using client::Freshness;
using client::Root;
using evaluation::Outcome;

namespace {

/// Collects the prerequisites that one flag itself names.
class DirectPrerequisites final : public evaluation::PrerequisiteObserver {
  public:
    DirectPrerequisites(model::FeatureFlag const& flag, std::vector<std::string>& keys) noexcept
        : flag_(flag), keys_(keys) {}
    void OnPrerequisite(model::FeatureFlag const& flag, model::FeatureFlag const& prerequisite,
                        Outcome const& /*outcome*/) override {
        if (&flag == &flag_) keys_.push_back(prerequisite.key);
    }

  private:
    model::FeatureFlag const& flag_;
    std::vector<std::string>& keys_;
};

FlagState StateOf(std::string const& key, model::FeatureFlag const& flag, Context const& context,
                  CacheLookup const& lookup, client::BigSegmentView* view,
                  AllFlagsOptions const& options, std::int64_t now_milliseconds) {
    FlagState state;
    state.key = key;
    DirectPrerequisites prerequisites(flag, state.prerequisites);
    Outcome outcome = evaluation::Evaluate(flag, context, lookup, &prerequisites, view);
    if (lookup.Unknown()) {
        outcome = Outcome();
        outcome.error_kind = EvaluationReason::ErrorKind::kException;
    }
    if (outcome.value != nullptr) {
        state.value = *outcome.value;
        if (outcome.variation_index >= 0) state.variation_index = outcome.variation_index;
    }
    bool const experiment = evaluation::IsExperiment(flag, outcome);
    state.version = flag.version;
    state.track_events = flag.track_events || experiment;
    state.track_reason = experiment;
    if (flag.debug_events_until && *flag.debug_events_until > 0) {
        state.debug_events_until = flag.debug_events_until;
    }
    state.omit_details =
        options.details_only_for_tracked_flags && !state.track_events && !state.track_reason &&
        (!state.debug_events_until || *state.debug_events_until <= now_milliseconds);
    if (options.with_reasons || experiment) state.reason = outcome.Reason();
    return state;
}

}  // namespace

AllFlagsState Client::Core::AllFlags(Context const& context, AllFlagsOptions const& options) {
    if (!IsReady()) return {};
    (void)EnsureComplete();
    if (big_segments_ == nullptr) return *TryAllFlags(context, options, nullptr);
    BigSegmentView view;
    for (;;) {
        if (auto state = TryAllFlags(context, options, &view)) return *std::move(state);
        view.FetchMissing(*big_segments_);
    }
}

std::optional<AllFlagsState> Client::Core::TryAllFlags(Context const& context,
                                                       AllFlagsOptions const& options,
                                                       BigSegmentView* view) const {
    std::int64_t const now = clock_.Now().time_since_epoch() / std::chrono::milliseconds(1);
    Epochs::Guard const guard(cache_.Readers());
    Root const& root = cache_.Current();
    // Some of the flags, taken for all of them, would be worse than none.
    if (!root.complete) return AllFlagsState();
    std::vector<Entry<model::FeatureFlag> const*> entries;
    entries.reserve(root.flags.Size());
    root.flags.ForEach([&](Entry<model::FeatureFlag> const& entry) {
        if (entry.decoded.object) entries.push_back(&entry);
    });
    std::sort(entries.begin(), entries.end(),
              [](auto const* a, auto const* b) { return a->key < b->key; });
    Freshness freshness;
    freshness.frozen = true;
    std::vector<FlagState> flags;
    flags.reserve(entries.size());
    if (view != nullptr) view->Begin();
    for (auto const* entry : entries) {
        model::FeatureFlag const& flag = *entry->decoded.object;
        if (options.client_side_only && !flag.client_side_availability.using_environment_id)
            continue;
        // One look-up a flag, since it also says whether all was known.
        CacheLookup const lookup(cache_, root, nullptr, freshness);
        flags.push_back(StateOf(entry->key, flag, context, lookup, view, options, now));
        if (view != nullptr && view->IsMissing()) return std::nullopt;
    }
    return AllFlagsState(true, std::move(flags));
}

}  // namespace lddynamo
