/// @file
/// DynamoDbFeatureStore: flags and segments in a DynamoDB table.
/// Layer: store.
///
/// The rows are those of every official LaunchDarkly SDK and of the Relay Proxy (docs/schema.md).
/// Rows of the older Go package (one attribute per property) are read, never written.
#pragma once

#include <lddynamo/clock.hpp>
#include <lddynamo/dynamodb_client.hpp>
#include <lddynamo/feature_store.hpp>
#include <lddynamo/logger.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace lddynamo {

/// How Init writes rows that differ.
enum class InitWrites : std::uint8_t {
    /// Each row by a request of its own, several at once, on condition that it has not changed
    /// since
    /// Init read it, or is older: what another writer writes meanwhile is never lost.
    kGuarded,
    /// 25 rows a request, without conditions. For tables that nobody else writes to meanwhile: an
    /// Upsert during such an Init may be overwritten by an older row.
    kBatched,
};

struct DynamoDbFeatureStoreOptions {
    /// Required. Its partition key must be `namespace` (S) and its sort key `key` (S).
    std::string table{};
    /// Lets several environments share a table; empty: none. Must not contain `$` (the Node SDK
    /// would misread it) or `:` (two prefixes could mean the same rows).
    std::string prefix{};
    /// Your own client; nullptr: the real one, made from `aws`.
    std::shared_ptr<DynamoDbClient> client{};
    AwsConfig aws{};  ///< For the real client.
    Logger logger{};
    Clock* clock = nullptr;  ///< nullptr: the machine's. Must outlive the store.
    /// For one Init, all its reads, writes and pauses.
    std::chrono::milliseconds init_timeout{120000};
    /// For one read of everything (All, LoadAll, and what Init reads first): the bytes of names and
    /// values of all its rows, and of texts in chunks; more fail with kTooLarge. A call holds about
    /// twice that at its peak.
    std::size_t max_load_bytes = std::size_t{512} << 20U;
    InitWrites init_writes = InitWrites::kGuarded;
    /// How long a "no" of Initialized is remembered ("yes" is for ever); zero: not at all.
    std::chrono::milliseconds not_initialized_ttl{0};
    /// Whether items that one row cannot hold (over 400,000 bytes) are kept as compressed chunks in
    /// rows of our own (docs/schema.md), instead of being reported and left out. All stores of this
    /// library on the table should say the same: those without it, and other SDKs, see the official
    /// rows only. Costs a second row a Get and a second query a kind; an Upsert one more request.
    bool chunk_oversize_items = false;
    /// Bytes of JSON that a chunked item may have, 1 to 1,000,000,000: larger ones are reported as
    /// oversize when written and as malformed when read.
    std::size_t max_chunked_item_bytes = 16'000'000;
    /// Called during Init with rows acknowledged and rows to write.
    std::function<void(std::size_t done, std::size_t total)> init_progress{};
};

/// A FeatureStore in DynamoDB. Opens nothing before its first call. Every method fails as
/// DynamoDbClient does, those that read or write everything with kTooLarge over `max_load_bytes`
/// too, and with chunk_oversize_items with
/// @retval ErrorCode::kConflict  other writers replaced a chunked item each time it was read or
///                               written; retryable.
class DynamoDbFeatureStore final : public FeatureStore {
  public:
    /// With the AWS environment as it is.
    /// @retval ErrorCode::kInvalidArgument  no table, a bad prefix, max_chunked_item_bytes out of
    ///                                      its range, or what MakeDynamoDbClient refuses.
    [[nodiscard]] static Result<std::unique_ptr<DynamoDbFeatureStore>> Create(std::string table,
                                                                              Logger logger = {});
    [[nodiscard]] static Result<std::unique_ptr<DynamoDbFeatureStore>> Create(
        DynamoDbFeatureStoreOptions options);
    ~DynamoDbFeatureStore() override;

    [[nodiscard]] Result<InitReport> Init(StoreData const& data) override;
    [[nodiscard]] Result<bool> Initialized() override;
    /// One GetItem of the marker's key, eventually consistent; nothing is remembered.
    [[nodiscard]] Status CheckAvailable() override;
    [[nodiscard]] Result<std::optional<SerializedItem>> Get(DataKind kind,
                                                            std::string_view key) override;
    [[nodiscard]] Result<AllItems> All(DataKind kind) override;
    [[nodiscard]] Result<UpsertOutcome> Upsert(DataKind kind, std::string_view key,
                                               SerializedItem const& item) override;
    [[nodiscard]] Result<ManyItems> GetMany(std::span<ItemKey const> keys) override;
    [[nodiscard]] Result<LoadedData> LoadAll() override;

  private:
    struct State;
    explicit DynamoDbFeatureStore(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Creates a table with the keys a store needs, on-demand billing, and waits until it is ACTIVE.
/// @return true when it was created, false when it existed with the right keys.
/// @retval ErrorCode::kAlreadyExists  it exists with other keys; the message shows them.
/// @retval ErrorCode::kTimeout        not ACTIVE within `timeout`.
[[nodiscard]] Result<bool> CreateFeatureTable(
    DynamoDbClient& client, std::string const& table, Clock& clock = SystemClock(),
    std::chrono::milliseconds timeout = std::chrono::minutes(5));

/// Whether the table has the keys a store needs.
/// @retval ErrorCode::kNotFound         no such table.
/// @retval ErrorCode::kInvalidArgument  other keys; the message shows them and what is needed.
[[nodiscard]] Status CheckFeatureTable(DynamoDbClient& client, std::string const& table);

}  // namespace lddynamo
