/// @file
/// DynamoDbBigSegmentStore: Big Segments in a DynamoDB table.
/// Layer: store.
///
/// Reads the rows that the Relay Proxy writes and every official SDK reads (docs/schema.md). Writes
/// nothing.
#pragma once

#include <lddynamo/big_segment_store.hpp>
#include <lddynamo/dynamodb_client.hpp>
#include <lddynamo/logger.hpp>

#include <memory>
#include <string>

namespace lddynamo {

struct DynamoDbBigSegmentStoreOptions {
    /// Required. May be the table of the flags: the rows are apart.
    std::string table{};
    /// As of DynamoDbFeatureStoreOptions.
    std::string prefix{};
    /// Your own client, which may be that of a feature store; nullptr: the real one, made from
    /// `aws`.
    std::shared_ptr<DynamoDbClient> client{};
    AwsConfig aws{};  ///< For the real client.
    Logger logger{};  ///< For the real client, unless `aws` has one.
};

/// A BigSegmentStore in DynamoDB. Opens nothing before its first call; each call is one strongly
/// consistent GetItem.
class DynamoDbBigSegmentStore final : public BigSegmentStore {
  public:
    /// With the AWS environment as it is.
    /// @retval ErrorCode::kInvalidArgument  no table, a bad prefix, or what MakeDynamoDbClient
    /// refuses.
    [[nodiscard]] static Result<std::unique_ptr<DynamoDbBigSegmentStore>> Create(
        std::string table, Logger logger = {});
    [[nodiscard]] static Result<std::unique_ptr<DynamoDbBigSegmentStore>> Create(
        DynamoDbBigSegmentStoreOptions options);
    ~DynamoDbBigSegmentStore() override;

    [[nodiscard]] Result<std::optional<BigSegmentTime>> GetMetadata() override;
    [[nodiscard]] Result<BigSegmentMembership> GetMembership(
        std::string_view context_hash) override;

  private:
    struct State;
    explicit DynamoDbBigSegmentStore(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace lddynamo
