/// @file
/// CallbackHook: a hook that tells the harness of its stages.
#pragma once

#include "callback.hpp"

#include <lddynamo/hook.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::contract {

class CallbackHook final : public Hook {
  public:
    /// How a stage behaves.
    struct Stage {
        HookData data{};      ///< Added to what the stage was handed.
        std::string error{};  ///< Not empty: thrown instead, and the harness is not told.
    };
    /// @param stages  by the harness's names: "beforeEvaluation", "afterEvaluation", "afterTrack".
    CallbackHook(std::string name, Callback callback,
                 std::map<std::string, Stage, std::less<>> stages);

    [[nodiscard]] std::string_view Name() const noexcept override { return name_; }
    HookData BeforeEvaluation(EvaluationSeriesContext const& series, HookData data) override;
    HookData AfterEvaluation(EvaluationSeriesContext const& series, HookData data,
                             EvaluationDetail<Value> const& detail) override;
    void AfterTrack(TrackSeriesContext const& series) override;

  private:
    /// Tells the harness and waits until it knows: it looks at the order in which it is told.
    /// @return what the stage hands on.
    HookData Run(std::string_view stage, std::vector<Value::Member> payload, HookData data) const;

    std::string name_;
    Callback callback_;
    std::map<std::string, Stage, std::less<>> stages_;
};

}  // namespace lddynamo::contract
