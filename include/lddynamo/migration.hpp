/// @file
/// MigrationStage, MigrationTracker: moving from one system to another by a flag.
/// Layer: client.
///
/// The stages and what is measured are those of the Go SDK's ldmigration package.
#pragma once

#include <lddynamo/context.hpp>
#include <lddynamo/evaluation_detail.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace lddynamo {

enum class MigrationStage : std::uint8_t {
    kOff,        ///< "off": the old system alone.
    kDualWrite,  ///< "dualwrite": reads old, writes both.
    kShadow,     ///< "shadow": reads both, the old one counts; writes both.
    kLive,       ///< "live": reads both, the new one counts; writes both.
    kRampDown,   ///< "rampdown": reads new, writes both.
    kComplete,   ///< "complete": the new system alone.
};
[[nodiscard]] std::string_view ToString(MigrationStage stage) noexcept;
/// Empty when there is no such stage.
[[nodiscard]] std::optional<MigrationStage> ParseMigrationStage(std::string_view text) noexcept;

enum class MigrationOrigin : std::uint8_t { kOld, kNew };
/// "old", "new".
[[nodiscard]] std::string_view ToString(MigrationOrigin origin) noexcept;
enum class MigrationOperationKind : std::uint8_t { kRead, kWrite };
/// "read", "write".
[[nodiscard]] std::string_view ToString(MigrationOperationKind kind) noexcept;

/// Collects what is to be told about one operation. Migrator does that for you.
/// @par Thread safety  None: lock it where several threads measure.
class MigrationTracker {
  public:
    /// What the evaluation of the flag gave: filled in by Client::MigrationVariation.
    struct Evaluated {
        std::string flag_key{};
        MigrationStage default_stage = MigrationStage::kOff;
        EvaluationDetail<std::string> detail{};  ///< The stage's name.
        std::optional<std::int64_t> flag_version{};
        std::int64_t sampling_ratio = 1;
        std::int64_t check_ratio = 1;  ///< One comparison in so many is made; 0 or less: none.
    };
    /// @param random  gives numbers of 0 to below 1, evenly; empty: the library's.
    MigrationTracker(Context const& context, Evaluated evaluated,
                     std::function<double()> random = {});

    void Operation(MigrationOperationKind kind) noexcept { operation_ = kind; }
    /// The origin was called.
    void Invoked(MigrationOrigin origin) noexcept;
    /// The origin failed.
    void Error(MigrationOrigin origin) noexcept;
    /// How long the origin took.
    void Latency(MigrationOrigin origin, std::chrono::nanoseconds latency) noexcept;
    /// Compares, one time in `check_ratio`, by chance.
    /// @param is_consistent  whether both origins gave the same; when it throws, nothing was
    ///                       compared.
    void Consistency(std::function<bool()> const& is_consistent) noexcept;

    [[nodiscard]] Context const& GetContext() const noexcept { return context_; }
    [[nodiscard]] Evaluated const& GetEvaluated() const noexcept { return evaluated_; }
    struct Side {
        bool invoked = false;
        bool error = false;
        std::optional<std::chrono::nanoseconds> latency{};
    };
    [[nodiscard]] Side const& Of(MigrationOrigin origin) const noexcept {
        return origin == MigrationOrigin::kOld ? old_ : new_;
    }
    [[nodiscard]] std::optional<MigrationOperationKind> GetOperation() const noexcept {
        return operation_;
    }
    [[nodiscard]] std::optional<bool> IsConsistent() const noexcept { return consistent_; }
    /// Why nothing can be told of it, in the words of the Go SDK ("migration operation not
    /// specified", "provided error for 'new' without recording invocation", ...); empty: it can.
    [[nodiscard]] std::string WhyNotTold() const;

  private:
    [[nodiscard]] Side& MutableSide(MigrationOrigin origin) noexcept {
        return origin == MigrationOrigin::kOld ? old_ : new_;
    }

    Context context_;
    Evaluated evaluated_;
    std::optional<MigrationOperationKind> operation_{};
    Side old_{};
    Side new_{};
    std::optional<bool> consistent_{};
    std::function<double()> random_;
};

struct MigrationVariationResult {
    MigrationStage stage = MigrationStage::kOff;
    MigrationTracker tracker;
};

}  // namespace lddynamo
