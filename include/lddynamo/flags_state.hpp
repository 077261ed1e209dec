/// @file
/// AllFlagsState: every flag's value for one context.
/// Layer: client.
#pragma once

#include <lddynamo/evaluation_detail.hpp>
#include <lddynamo/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo {

/// Which flags and what of them AllFlagsState has. The names are the Go SDK's flagstate options.
struct AllFlagsOptions {
    bool client_side_only = false;  ///< Only flags that client-side SDKs may see.
    bool with_reasons = false;      ///< With reasons of all flags; else of those in an experiment.
    /// Leave out version and reason of flags that are not tracked, debugged or in an experiment.
    bool details_only_for_tracked_flags = false;
};

/// One flag in AllFlagsState.
struct FlagState {
    std::string key{};
    Value value{};  ///< Null when the flag could not be evaluated.
    std::optional<int> variation_index{};
    std::int64_t version = 0;
    std::optional<EvaluationReason> reason{};
    bool track_events = false;
    bool track_reason = false;
    bool omit_details = false;                         ///< The JSON leaves out version and reason.
    std::optional<std::int64_t> debug_events_until{};  ///< Unix milliseconds.
    std::vector<std::string> prerequisites{};  ///< Direct ones that were evaluated, in order.
};

/// The state of all flags for one context, in the form that front ends take to start with.
/// @par Thread safety  Immutable.
class AllFlagsState {
  public:
    AllFlagsState() = default;  ///< Not valid, no flags.
    /// @param flags  in any order, each key once.
    AllFlagsState(bool valid, std::vector<FlagState> flags);

    /// False when there was no data to evaluate with.
    [[nodiscard]] bool Valid() const noexcept { return valid_; }
    /// Ordered by key.
    [[nodiscard]] std::vector<FlagState> const& Flags() const noexcept { return flags_; }
    /// The flag of that key; nullptr when there is none.
    [[nodiscard]] FlagState const* Find(std::string_view key) const noexcept;
    /// The value of that flag; null when there is none.
    [[nodiscard]] Value ValueOf(std::string_view key) const noexcept;
    /// One object, flag key to value.
    [[nodiscard]] Value ToValuesMap() const;
    /// `{"$valid":true,"flag":value,...,"$flagsState":{"flag":{"variation":0,"version":2,...}}}`:
    /// what LaunchDarkly's JavaScript SDK takes as bootstrap data.
    [[nodiscard]] std::string ToJson() const;

  private:
    bool valid_ = false;
    std::vector<FlagState> flags_;
};

}  // namespace lddynamo
