/// @file
/// HookRunner: calls the stages of hooks, and keeps what they throw from the caller.
/// Layer: client.
#pragma once

#include <lddynamo/evaluation_detail.hpp>
#include <lddynamo/hook.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/secret.hpp>
#include <lddynamo/value.hpp>

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::client {

/// @par Thread safety  All methods may be called from any thread at once; hooks run on the
/// caller's.
class HookRunner {
  public:
    using Hooks = std::vector<std::shared_ptr<Hook>>;

    HookRunner() = default;
    /// @param hooks    nullptr among them is left out.
    /// @param sdk_key  what a hook throws is logged, but not if this is in it.
    HookRunner(Hooks hooks, Logger logger, Secret sdk_key);

    [[nodiscard]] bool Empty() const noexcept { return hooks_.empty(); }

    /// @param evaluate  called once; gives the EvaluationDetail<Value> that the caller gets. When
    /// it
    ///                  throws, the last stages are left out.
    /// @return what `evaluate` gave.
    template <class Evaluate>
    [[nodiscard]] EvaluationDetail<Value> RunEvaluation(EvaluationSeriesContext const& series,
                                                        Evaluate&& evaluate) const {
        if (Empty()) return std::forward<Evaluate>(evaluate)();
        std::vector<HookData> data = Before(series);
        EvaluationDetail<Value> const detail = std::forward<Evaluate>(evaluate)();
        After(series, std::move(data), detail);
        return detail;
    }
    void AfterTrack(TrackSeriesContext const& series) const;

  private:
    /// One for each hook.
    [[nodiscard]] std::vector<HookData> Before(EvaluationSeriesContext const& series) const;
    void After(EvaluationSeriesContext const& series, std::vector<HookData> data,
               EvaluationDetail<Value> const& detail) const;
    /// Logs the exception that is being handled.
    void LogException(Hook const& hook, std::string_view stage, std::string_view about,
                      std::string_view key) const noexcept;

    Hooks hooks_;  // shared with the caller, who may give one to several clients
    Logger logger_;
    Secret sdk_key_;
};

}  // namespace lddynamo::client
