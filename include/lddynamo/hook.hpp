/// @file
/// Hook: told before and after each evaluation, and after each track.
/// Layer: client.
///
/// The stages and their data are those of LaunchDarkly's specification of hooks
/// (github.com/launchdarkly/open-sdk-specs, HOOK-*) and the Go SDK's ldhooks package.
#pragma once

#include <lddynamo/context.hpp>
#include <lddynamo/evaluation_detail.hpp>
#include <lddynamo/value.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lddynamo {

/// What a hook hands from its first stage to its last: name to value.
using HookData = std::map<std::string, Value, std::less<>>;

/// One evaluation. Views and references are valid during the call only.
struct EvaluationSeriesContext {
    std::string_view flag_key{};
    Context const& context;
    Value const& default_value;
    /// The method called: "BoolVariation", "StringVariationDetail", "MigrationVariation", ...
    std::string_view method{};
    /// LaunchDarkly's name for the environment, once it is known; empty before, and always in
    /// daemon mode.
    std::string_view environment_id{};
};

/// One Track.
struct TrackSeriesContext {
    std::string_view key{};
    Context const& context;
    Value const& data;  ///< Null: none.
    std::optional<double> metric_value{};
    std::string_view environment_id{};
};

/// Derive from it and override the stages that you want. Hooks are told in their order before, and
/// in the reverse order after an evaluation; in their order after a Track. A stage that throws
/// counts as one that returned its data unchanged (none, for BeforeEvaluation), and disturbs
/// neither the caller nor other hooks. It is logged as an error, with the hook's name, the stage
/// and the exception's text (which is left out if it holds the SDK key).
/// @par Thread safety  Stages are called on whatever threads evaluate, at once if these do.
/// @par Blocking       An evaluation waits for its hooks.
class Hook {
  public:
    Hook() = default;
    Hook(Hook const&) = delete;
    Hook& operator=(Hook const&) = delete;
    virtual ~Hook() = default;

    /// For logs. Must not throw.
    [[nodiscard]] virtual std::string_view Name() const noexcept = 0;
    /// @param data  empty: this is the first stage.
    /// @return what AfterEvaluation of the same hook is handed.
    virtual HookData BeforeEvaluation(EvaluationSeriesContext const& series, HookData data) {
        (void)series;
        return data;
    }
    /// @param detail  what the caller gets.
    /// @return of no use yet: LaunchDarkly's specification may add a stage.
    virtual HookData AfterEvaluation(EvaluationSeriesContext const& series, HookData data,
                                     EvaluationDetail<Value> const& detail) {
        (void)series, (void)detail;
        return data;
    }
    virtual void AfterTrack(TrackSeriesContext const& series) { (void)series; }
};

}  // namespace lddynamo
