/// @file
/// BigSegmentStore: which Big Segments a context is in, kept outside of the flag data.
/// Layer: store.
///
/// Big Segments (LaunchDarkly's segments of many contexts, and synced ones) are written to the
/// table by the Relay Proxy; SDKs read them one context at a time. The verbs are those of the Go
/// SDK's subsystems.BigSegmentStore.
#pragma once

#include <lddynamo/result.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lddynamo {

/// What a store is asked for instead of a context's key: base64(SHA-256(key)), standard alphabet
/// with padding.
/// @param context_key  any bytes; of a context of several kinds, the key of the segment's kind.
[[nodiscard]] std::string BigSegmentContextHash(std::string_view context_key);
/// How a membership names a segment: `key.g<generation>`.
[[nodiscard]] std::string BigSegmentRef(std::string_view segment_key, std::int64_t generation);

/// The segments that name one context. A regular type.
class BigSegmentMembership {
  public:
    /// In no segment, and out of none.
    BigSegmentMembership() = default;
    /// Where a segment is in both lists, `included` wins, as in every SDK.
    [[nodiscard]] static BigSegmentMembership Make(std::span<std::string const> included,
                                                   std::span<std::string const> excluded);
    /// true: included; false: excluded; nullopt: not mentioned, so that the segment's rules decide.
    [[nodiscard]] std::optional<bool> Check(std::string_view segment_ref) const;
    [[nodiscard]] bool IsEmpty() const noexcept { return included_.empty(); }
    friend bool operator==(BigSegmentMembership const&, BigSegmentMembership const&) = default;

  private:
    std::map<std::string, bool, std::less<>> included_;
};

/// Unix time in milliseconds.
using BigSegmentTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// A place to read Big Segments from. Does not cache: that is for the one who asks.
///
/// Methods fail with what the medium fails with; for DynamoDB see DynamoDbClient. A failed call may
/// be repeated.
/// @par Thread safety  All methods may be called from any thread at once.
/// @par Blocking       May block on I/O, bounded by the store's own deadlines.
/// @par Lifetime       Results are copies; nothing points into the store.
class BigSegmentStore {
  public:
    BigSegmentStore() = default;
    BigSegmentStore(BigSegmentStore const&) = delete;
    BigSegmentStore& operator=(BigSegmentStore const&) = delete;
    virtual ~BigSegmentStore() = default;

    /// When the data were last known to be up to date, by the writer's clock; nullopt when they
    /// were never written. Also the cheapest way to see whether the store answers.
    /// @retval ErrorCode::kInvalidData  what is stored is no time.
    [[nodiscard]] virtual Result<std::optional<BigSegmentTime>> GetMetadata() = 0;
    /// The segments that name a context; empty when nothing is stored about it.
    /// @param context_hash  of BigSegmentContextHash; an empty one, or one that is no UTF-8 of up
    /// to 1024 bytes, names no context.
    /// @retval ErrorCode::kInvalidData  what is stored cannot be understood.
    [[nodiscard]] virtual Result<BigSegmentMembership> GetMembership(
        std::string_view context_hash) = 0;
};

}  // namespace lddynamo
