#include "client/event_recorder.hpp"

namespace lddynamo::client {

void EventRecorder::Take(model::FeatureFlag const* flag, evaluation::Outcome const& outcome,
                         bool fits) noexcept {
    for (Evaluated const& prerequisite : prerequisites_) {
        events::FlagEvaluation evaluation;
        evaluation.key = prerequisite.flag->key;
        evaluation.flag = prerequisite.flag;
        evaluation.outcome = &prerequisite.outcome;
        evaluation.prerequisite_of = prerequisite.needed_by;
        evaluation.with_reason = with_reason_;
        sink_.Evaluated(context_, evaluation);
    }
    events::FlagEvaluation evaluation;
    evaluation.key = key_;
    evaluation.flag = flag;
    evaluation.outcome = &outcome;
    if (!fits) evaluation.value = &default_value_;
    evaluation.default_value = &default_value_;
    evaluation.with_reason = with_reason_;
    sink_.Evaluated(context_, evaluation);
}

}  // namespace lddynamo::client
