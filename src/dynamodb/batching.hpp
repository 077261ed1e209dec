/// @file
/// What the batched reads and writes share with the rooms above.
/// Layer: dynamodb.
#pragma once

#include <lddynamo/attribute_value.hpp>
#include <lddynamo/clock.hpp>
#include <lddynamo/dynamodb_client.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace lddynamo::dynamodb {

inline constexpr std::size_t kMaxWritesPerBatch = 25;
inline constexpr std::size_t kMaxKeysPerBatch = 100;
/// The service allows 16 MB; some room is left for what the estimate does not see.
inline constexpr std::size_t kMaxBatchBytes = 16'000'000;

/// Whether the same request may well succeed a moment later.
[[nodiscard]] bool IsTransient(ErrorCode code) noexcept;
/// Whether what failed one request of a table with this fails all of them.
[[nodiscard]] bool ConcernsAllRequests(ErrorCode code) noexcept;

/// Bytes of an item in DynamoDB's JSON, escapes included.
[[nodiscard]] std::size_t EstimateWireSize(Item const& item) noexcept;

/// A moment after which a call of several requests gives up. `timeout` may be as long as it likes.
class Deadline {
  public:
    /// @param clock  must outlive this; nullptr: the machine's.
    Deadline(Clock* clock, std::chrono::milliseconds timeout);
    [[nodiscard]] std::chrono::milliseconds Remaining() const;
    [[nodiscard]] bool Passed() const { return Remaining().count() <= 0; }
    /// Sleeps for a jittered, exponentially growing pause.
    /// @param attempt  1 for the pause after the first try.
    /// @return false, at once, when the pause would end after the deadline.
    [[nodiscard]] bool Pause(int attempt) const;

  private:
    Clock* clock_;
    std::chrono::steady_clock::time_point end_;
};

/// QueryAllItems with a deadline between its pages; what a busy service refuses is asked again
/// until then.
/// @param max_bytes  of names and values of all rows together.
/// @retval ErrorCode::kTimeout      `deadline` passed before the last page.
/// @retval ErrorCode::kTooLarge     the rows have more than `max_bytes`.
/// @retval ErrorCode::kInvalidData  the pages go round in circles, or are more than 10,000.
[[nodiscard]] Result<std::vector<std::vector<Item>>> QueryPages(
    DynamoDbClient& client, std::span<QueryRequest const> requests,
    std::optional<Deadline> const& deadline,
    std::size_t max_bytes = std::numeric_limits<std::size_t>::max());

}  // namespace lddynamo::dynamodb
