/// @file
/// Requests and answers of the in-memory service, with all parameters it knows, the older ones
/// included. Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/expression_context.hpp"
#include "dynamodb/memory/legacy.hpp"
#include "dynamodb/memory/values.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lddynamo::dynamodb::memory {

/// Expressions and their placeholders; what is absent was not in the request.
struct ExpressionTexts {
    std::optional<std::string> update{};
    std::optional<std::string> condition{};
    std::optional<std::string> key_condition{};
    std::optional<std::string> filter{};
    std::optional<std::string> projection{};
    std::optional<NameMap> names{};
    std::optional<ValueMap> values{};
};

/// GetItem, and one action of TransactGetItems.
struct GetInput {
    std::string table{};
    CheckedItem key{};
    bool consistent = false;
    std::optional<std::vector<std::string>> attributes_to_get{};
    ExpressionTexts expressions{};
};
struct GetOutput {
    std::optional<Item> item{};
    double units = 0;
};

/// One entry of AttributeUpdates.
struct LegacyUpdate {
    std::string action = "PUT";
    std::optional<CheckedValue> value{};
};

/// PutItem, DeleteItem, UpdateItem, ConditionCheck.
struct WriteInput {
    enum class Kind : std::uint8_t { kPut, kDelete, kUpdate, kConditionCheck };
    Kind kind = Kind::kPut;
    std::string table{};
    CheckedItem item{};  ///< The whole item for kPut, the key for the others.
    ExpressionTexts expressions{};
    std::optional<Expectations> expected{};
    std::optional<std::map<std::string, LegacyUpdate, std::less<>>> updates{};
    bool any_expectation = false;  ///< ConditionalOperator OR
    std::string return_values = "NONE";
    bool old_on_failure = false;  ///< ReturnValuesOnConditionCheckFailure ALL_OLD
};
struct WriteOutput {
    std::optional<Item> attributes{};
    double units = 0;
};

/// Query and Scan.
struct QueryInput {
    bool scan = false;
    std::string table{};
    std::optional<std::string> index{};
    ExpressionTexts expressions{};
    std::optional<LegacyConditions> key_conditions{};
    std::optional<LegacyConditions> filter{};  ///< QueryFilter or ScanFilter
    std::optional<std::string> conditional_operator{};
    std::optional<std::vector<std::string>> attributes_to_get{};
    std::optional<std::string> select{};
    std::optional<std::int64_t> limit{};
    std::optional<std::int64_t> segment{};
    std::optional<std::int64_t> total_segments{};
    bool consistent = false;
    bool forward = true;
    std::optional<CheckedItem> start{};
};
struct QueryOutput {
    std::vector<Item> items{};
    std::size_t count = 0;
    std::size_t scanned = 0;
    std::optional<Item> last{};
    double units = 0;
};

struct BatchGetTable {
    std::string table{};
    std::vector<CheckedItem> keys{};
    bool consistent = false;
    std::optional<std::vector<std::string>> attributes_to_get{};
    ExpressionTexts expressions{};
};
struct BatchGetInput {
    std::vector<BatchGetTable> tables{};
    std::size_t unprocessed = 0;  ///< Leave that many of the last keys (a scripted fault).
};
struct BatchGetOutput {
    struct PerTable {
        std::vector<Item> items{};
        std::vector<std::size_t> unprocessed{};  ///< Positions in BatchGetTable::keys.
        double units = 0;
    };
    std::vector<PerTable> tables{};  ///< As in the request.
};

/// Exactly one of both, or the service refuses it.
struct BatchWriteEntry {
    std::optional<CheckedItem> put{};
    std::optional<CheckedItem> remove{};
};
struct BatchWriteTable {
    std::string table{};
    std::vector<BatchWriteEntry> entries{};
};
struct BatchWriteInput {
    std::vector<BatchWriteTable> tables{};
    std::size_t unprocessed = 0;
};
struct BatchWriteOutput {
    struct PerTable {
        std::vector<std::size_t> unprocessed{};
        double units = 0;
    };
    std::vector<PerTable> tables{};
};

struct TransactWriteInput {
    std::vector<WriteInput> actions{};
    std::string token{};        ///< ClientRequestToken; empty: none.
    std::string fingerprint{};  ///< Equal for equal requests.
};
struct TransactWriteOutput {
    std::map<std::string, double, std::less<>> units{};  ///< per table
    bool repeated = false;  ///< Done before under this token: only read now.
};

}  // namespace lddynamo::dynamodb::memory
