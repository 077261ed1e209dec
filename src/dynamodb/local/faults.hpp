/// @file
/// Faults that the local service is asked to have, and the dice that choose them.
/// Layer: dynamodb (local service).
#pragma once

#include <lddynamo/result.hpp>
#include <lddynamo/value.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace lddynamo::dynamodb::local {

/// Kinds of faults that hit a share of the requests; at most one hits a request, but
/// `kUnprocessed` and `kDelay`, which go with any.
enum class FaultKind : std::uint8_t {
    kThrottle,     ///< Refused before the operation is done.
    kError500,     ///< InternalServerError; every other time the operation was done.
    kDrop,         ///< Never answered; every other time the operation was done.
    kReset,        ///< The connection is reset; every other time the operation was done.
    kHalf,         ///< Done, but the answer ends in the middle of its body.
    kCrc,          ///< Done, but x-amz-crc32 is wrong.
    kUnprocessed,  ///< A batch leaves one or more of its entries; a single one is done.
    kDelay,        ///< Answered late, by `FaultSettings::delay`.
};
inline constexpr std::size_t kFaultKinds = 8;
inline constexpr std::array<std::string_view, kFaultKinds> kFaultNames{
    "throttle", "error500", "drop", "reset", "half", "crc", "unprocessed", "delay"};

struct FaultSettings {
    std::array<double, kFaultKinds> shares{};  ///< 0 to 1, by FaultKind; of kDelay 1 when on.
    std::chrono::milliseconds delay{0};
    std::chrono::milliseconds skew{0};          ///< The service's clock runs ahead by this.
    std::optional<std::uint64_t> stop_after{};  ///< Requests beyond so many are dropped undone.
    std::set<std::string, std::less<>> operations{};  ///< Only these; empty: all.
    std::uint64_t seed = 0;

    [[nodiscard]] double Share(FaultKind kind) const {
        return shares[static_cast<std::size_t>(kind)];
    }
};

/// Reads "throttle=0.5,delay=50ms,operations=PutItem+Query".
/// @retval ErrorCode::kInvalidArgument  names what is wrong.
[[nodiscard]] Result<FaultSettings> ParseFaults(std::string_view text);
/// Reads {"throttle":0.5,"delay":"50ms","operations":["PutItem","Query"],"seed":1}.
/// @retval ErrorCode::kInvalidArgument  names what is wrong.
[[nodiscard]] Result<FaultSettings> FaultsFromJson(Value const& json);
/// What FaultsFromJson reads, all members.
[[nodiscard]] Value FaultsToJson(FaultSettings const& settings);

/// What happens to one request.
struct Fate {
    std::optional<FaultKind> fault{};
    bool does_operation = true;
    bool other_code = false;  ///< Of the two codes for throttling, the rarer one.
    double cut = 0;           ///< kHalf: where in the body, [0, 1).
    std::size_t unprocessed = 0;
    std::chrono::milliseconds delay{0};
};

/// Deterministic: the same seed and requests have the same faults. Not thread-safe.
class FaultDice {
  public:
    explicit FaultDice(FaultSettings settings = {}) { Set(std::move(settings)); }
    /// Starts anew, counts included.
    void Set(FaultSettings settings);
    [[nodiscard]] FaultSettings const& Settings() const noexcept { return settings_; }

    /// @param entries  of a batch; 0 for other operations.
    [[nodiscard]] Fate Throw(std::string_view operation, std::size_t entries);

    [[nodiscard]] std::uint64_t Requests() const noexcept { return requests_; }
    [[nodiscard]] std::uint64_t Count(FaultKind kind) const {
        return counts_[static_cast<std::size_t>(kind)];
    }

  private:
    double Fraction();
    void Hit(FaultKind kind) { ++counts_[static_cast<std::size_t>(kind)]; }

    FaultSettings settings_{};
    std::uint64_t state_ = 0;
    std::uint64_t requests_ = 0;
    std::array<std::uint64_t, kFaultKinds> counts_{};
};

}  // namespace lddynamo::dynamodb::local
