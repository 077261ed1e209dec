/// @file
/// DynamoDbClient: the DynamoDB operations that a store and its table need; replaceable.
/// Layer: dynamodb. Source: docs.aws.amazon.com/amazondynamodb/latest/APIReference
///
/// Bring your own client by implementing the interface; MakeDynamoDbClient gives the real one, and
/// lddynamo/testing/memory_dynamodb.hpp one in memory.
#pragma once

#include <lddynamo/attribute_value.hpp>
#include <lddynamo/aws.hpp>
#include <lddynamo/http_transport.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace lddynamo {

/// Placeholders of expressions: "#k" to a name, ":v" to a value.
using ExpressionNames = std::map<std::string, std::string, std::less<>>;
using ExpressionValues = std::map<std::string, AttributeValue, std::less<>>;

struct GetItemRequest {
    std::string table{};
    Item key{};
    bool consistent_read = false;
    std::string projection_expression{};  ///< Empty: all attributes.
    ExpressionNames names{};
};
struct GetItemResponse {
    std::optional<Item> item{};  ///< Empty: no such row.
};

struct QueryRequest {
    std::string table{};
    std::string key_condition_expression{};
    std::string filter_expression{};      ///< Empty: none.
    std::string projection_expression{};  ///< Empty: all attributes.
    ExpressionNames names{};
    ExpressionValues values{};
    bool consistent_read = false;
    int limit = 0;  ///< 0: as many as fit into 1 MB.
    bool scan_index_forward = true;
    Item exclusive_start_key{};  ///< Empty: from the start.
};
struct QueryResponse {
    std::vector<Item> items{};
    Item last_evaluated_key{};  ///< Empty: the end. Not empty promises no further item.
};

/// Reads rows of all partitions, a page at a time, in no useful order. What a filter or a
/// projection leaves out is paid for all the same.
struct ScanRequest {
    std::string table{};
    std::string filter_expression{};      ///< Empty: none.
    std::string projection_expression{};  ///< Empty: all attributes.
    ExpressionNames names{};
    ExpressionValues values{};
    bool consistent_read = false;
    int limit = 0;               ///< Rows looked at; 0: as many as fit into 1 MB.
    int segment = 0;             ///< Which of `total_segments`, from 0.
    int total_segments = 0;      ///< Parts that can be read in parallel; 0: the whole table is one.
    Item exclusive_start_key{};  ///< Empty: from the start.
};
using ScanResponse = QueryResponse;  ///< A page, and where the next one starts.

struct PutItemRequest {
    std::string table{};
    Item item{};
    std::string condition_expression{};  ///< Empty: unconditional.
    ExpressionNames names{};
    ExpressionValues values{};
    bool return_old_on_condition_failure = false;
};
struct DeleteItemRequest {
    std::string table{};
    Item key{};
    std::string condition_expression{};
    ExpressionNames names{};
    ExpressionValues values{};
    bool return_old_on_condition_failure = false;
};
/// The outcome of a conditional write: a condition that fails is no Error.
struct WriteResponse {
    bool condition_failed = false;
    /// The stored row, when the condition failed, return_old_on_condition_failure was set and the
    /// server supports it.
    std::optional<Item> old_item{};
    /// The condition failed in an attempt that followed one whose answer was lost: the row found
    /// may be our own.
    bool ambiguous = false;
};

/// One write of a batch: a whole item to put, or the key of one to delete.
struct BatchWrite {
    enum class Kind : std::uint8_t { kPut, kDelete };
    Kind kind = Kind::kPut;
    Item item{};
};
struct BatchWriteItemRequest {
    std::string table{};
    std::vector<BatchWrite> writes{};  ///< 1 to 25, 16 MB together, no key twice.
};
struct BatchWriteItemResponse {
    std::vector<BatchWrite> unprocessed{};  ///< To be sent again, after a pause.
};

struct BatchGetItemRequest {
    std::string table{};
    std::vector<Item> keys{};  ///< 1 to 100, no key twice.
    bool consistent_read = false;
    std::string projection_expression{};
    ExpressionNames names{};
};
struct BatchGetItemResponse {
    std::vector<Item> items{};             ///< In any order; missing rows are left out.
    std::vector<Item> unprocessed_keys{};  ///< To be asked again, after a pause.
};

/// One action of a transaction.
struct TransactWrite {
    enum class Kind : std::uint8_t { kPut, kDelete, kConditionCheck };
    Kind kind = Kind::kPut;
    Item item{};  ///< The whole item for kPut, the key for the others.
    std::string condition_expression{};
    ExpressionNames names{};
    ExpressionValues values{};
};
struct TransactWriteItemsRequest {
    std::string table{};
    std::vector<TransactWrite> writes{};  ///< 1 to 100, 4 MB together, no row twice.
    std::string client_request_token{};   ///< Idempotent for 10 minutes; empty: one is made.
};

struct KeySchema {
    std::string partition_key{};
    std::string partition_type = "S";
    std::string sort_key{};  ///< Empty: none.
    std::string sort_type = "S";
    friend bool operator==(KeySchema const&, KeySchema const&) = default;
};
struct TableDescription {
    std::string name{};
    std::string status{};  ///< "CREATING", "ACTIVE", "UPDATING", "DELETING", ...
    KeySchema keys{};
    std::string billing_mode{};   ///< "PAY_PER_REQUEST" or "PROVISIONED"
    std::int64_t item_count = 0;  ///< Updated by AWS about every six hours.
    std::int64_t size_bytes = 0;  ///< Likewise.
    std::string arn{};
    std::optional<double> creation_time{};  ///< Seconds since the epoch.
};
struct CreateTableRequest {
    std::string table{};
    KeySchema keys{};  ///< Billing is always on demand (PAY_PER_REQUEST).
};

/// The operations of DynamoDB that lddynamo uses.
///
/// Every operation retries on its own what is safe to retry, and fails with:
/// @retval ErrorCode::kInvalidArgument  the service calls the request invalid
/// (ValidationException).
/// @retval ErrorCode::kNotFound         the table does not exist.
/// @retval ErrorCode::kAlreadyExists    CreateTable only: a table of that name exists.
/// @retval ErrorCode::kConditionFailed  TransactWriteItems only: a condition of it failed.
/// @retval ErrorCode::kConflict         a transaction is in the way, or was cancelled by others.
/// @retval ErrorCode::kThrottled, kUnavailable, kConnection, kTimeout  attempts or time are used
/// up.
/// @retval ErrorCode::kCancelled        the client's stop token was stopped.
/// @retval ErrorCode::kTls, kCredentials, kAccessDenied, kTooLarge, kInvalidData, kService
/// @par Thread safety  All methods may be called from any thread at once.
/// @par Blocking       Until done or the client's deadline passes (but see
///                     DynamoDbClientOptions::total_timeout).
class DynamoDbClient {
  public:
    DynamoDbClient() = default;
    DynamoDbClient(DynamoDbClient const&) = delete;
    DynamoDbClient& operator=(DynamoDbClient const&) = delete;
    virtual ~DynamoDbClient() = default;

    [[nodiscard]] virtual Result<GetItemResponse> GetItem(GetItemRequest const& request) = 0;
    /// One page.
    [[nodiscard]] virtual Result<QueryResponse> Query(QueryRequest const& request) = 0;
    /// One page. No store needs it, only looking over a whole table (`lddynamo doctor`); the
    /// default fails with kInvalidArgument.
    [[nodiscard]] virtual Result<ScanResponse> Scan(ScanRequest const& request);
    /// One call; the caller sends UnprocessedKeys again (GetAllItems does).
    [[nodiscard]] virtual Result<BatchGetItemResponse> BatchGetItem(
        BatchGetItemRequest const& request) = 0;
    [[nodiscard]] virtual Result<WriteResponse> PutItem(PutItemRequest const& request) = 0;
    [[nodiscard]] virtual Result<WriteResponse> DeleteItem(DeleteItemRequest const& request) = 0;
    /// One call; the caller sends UnprocessedItems again (WriteAllItems does).
    [[nodiscard]] virtual Result<BatchWriteItemResponse> BatchWriteItem(
        BatchWriteItemRequest const& request) = 0;
    [[nodiscard]] virtual Status TransactWriteItems(TransactWriteItemsRequest const& request) = 0;
    [[nodiscard]] virtual Result<TableDescription> DescribeTable(std::string const& table) = 0;
    /// Returns while the table may still be CREATING.
    [[nodiscard]] virtual Result<TableDescription> CreateTable(
        CreateTableRequest const& request) = 0;
    [[nodiscard]] virtual Status DeleteTable(std::string const& table) = 0;

    /// Several calls at once; answers in the order of the requests. The defaults call one after
    /// another.
    [[nodiscard]] virtual std::vector<Result<QueryResponse>> QueryMany(
        std::span<QueryRequest const> requests);
    [[nodiscard]] virtual std::vector<Result<BatchGetItemResponse>> BatchGetItemMany(
        std::span<BatchGetItemRequest const> requests);
    [[nodiscard]] virtual std::vector<Result<BatchWriteItemResponse>> BatchWriteItemMany(
        std::span<BatchWriteItemRequest const> requests);
    [[nodiscard]] virtual std::vector<Result<WriteResponse>> PutItemMany(
        std::span<PutItemRequest const> requests);
    [[nodiscard]] virtual std::vector<Result<WriteResponse>> DeleteItemMany(
        std::span<DeleteItemRequest const> requests);
};

struct DynamoDbClientOptions {
    AwsConfig aws{};
    /// For one operation with all its attempts and pauses. 1 ms or more; over a year is a year.
    /// Credentials that must be fetched first take the time they take, and use it up: their
    /// requests have limits of their own, a `credential_process` may run for a minute. So does the
    /// system's resolver.
    std::chrono::milliseconds total_timeout{10000};
    HttpTransportOptions http{};
    /// Replaces the network; `http` is then unused.
    std::shared_ptr<HttpTransport> transport{};
    /// When stopped, on any thread, operations under way end at once with kCancelled, pauses
    /// between attempts and the fetching of credentials included (not so the system's resolver and
    /// a CredentialsProvider of your own), and later ones too. A `transport` of your own must see
    /// to it itself that an exchange under way ends; no further one is begun.
    std::stop_token stop{};
};

/// The client that talks to DynamoDB. Looks nothing up and opens nothing before its first
/// operation.
/// @retval ErrorCode::kInvalidArgument  a malformed endpoint URL, region or number in code; a
///                                      timeout that is not more than 0.
[[nodiscard]] Result<std::shared_ptr<DynamoDbClient>> MakeDynamoDbClient(
    DynamoDbClientOptions options = {});

/// How WriteAllItems and GetAllItems go about it.
struct BatchOptions {
    std::chrono::milliseconds deadline{60000};  ///< For the whole, pauses included.
    Clock* clock = nullptr;                     ///< nullptr: the machine's.
    Logger logger{};
    /// Called after each round with the number of writes acknowledged so far.
    std::function<void(std::size_t)> progress{};
};

/// Writes everything: splits into batches (25 writes, 16 MB), sends several at once, and sends
/// again what comes back unprocessed, with jittered exponential back-off, until nothing is left.
/// @param writes  no key twice.
/// @retval ErrorCode::kIncomplete  the deadline passed or a batch failed for good; the message says
/// how
///                                 many rows of how many were not acknowledged, and why.
[[nodiscard]] Status WriteAllItems(DynamoDbClient& client, std::string const& table,
                                   std::vector<BatchWrite> writes,
                                   BatchOptions const& options = {});

/// Reads all rows of the keys (any number, no key twice), in any order; missing rows are left out.
/// @retval ErrorCode::kIncomplete  the deadline passed with keys still unprocessed.
/// @retval others                  as BatchGetItem.
[[nodiscard]] Result<std::vector<Item>> GetAllItems(DynamoDbClient& client,
                                                    BatchGetItemRequest request,
                                                    BatchOptions const& options = {});

/// Reads all pages of several queries, in parallel as far as pages allow. Answers in order.
/// @retval others  as Query, of the first that failed.
[[nodiscard]] Result<std::vector<std::vector<Item>>> QueryAllItems(
    DynamoDbClient& client, std::span<QueryRequest const> requests);

}  // namespace lddynamo
