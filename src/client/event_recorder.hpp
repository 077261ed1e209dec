/// @file
/// EventRecorder: tells the events of one evaluation.
/// Layer: client.
#pragma once

#include "evaluation/evaluator.hpp"
#include "events/event_sink.hpp"
#include "model/flag.hpp"

#include <lddynamo/context.hpp>
#include <lddynamo/value.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::client {

/// Lives as long as one call. Prerequisites are told before the flag that needs them, as they were
/// evaluated.
/// @par Thread safety  One thread's.
class EventRecorder final : public evaluation::PrerequisiteObserver {
  public:
    EventRecorder(events::EventSink& sink, std::string_view key, Context const& context,
                  Value default_value, bool with_reason)
        : sink_(sink),
          key_(key),
          context_(context),
          default_value_(std::move(default_value)),
          with_reason_(with_reason) {}

    void Begin() noexcept { prerequisites_.clear(); }
    void OnPrerequisite(model::FeatureFlag const& flag, model::FeatureFlag const& prerequisite,
                        evaluation::Outcome const& outcome) override {
        prerequisites_.push_back({&flag, &prerequisite, outcome});
    }
    /// @param fits  false: the value is of another type than the caller asked for, who gets the
    ///              default. What the flag is tracked for stays as its outcome says.
    void Take(model::FeatureFlag const* flag, evaluation::Outcome const& outcome,
              bool fits) noexcept;

  private:
    struct Evaluated {
        model::FeatureFlag const* needed_by = nullptr;
        model::FeatureFlag const* flag = nullptr;
        evaluation::Outcome outcome{};
    };

    events::EventSink& sink_;
    std::string_view key_;
    Context const& context_;
    Value default_value_;
    bool with_reason_;
    std::vector<Evaluated> prerequisites_;
};

}  // namespace lddynamo::client
