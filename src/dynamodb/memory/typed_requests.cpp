#include "dynamodb/memory/typed_requests.hpp"

#include "base/random.hpp"
#include "dynamodb/attribute_json.hpp"
#include "dynamodb/service_error.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::dynamodb::memory {
namespace {

std::optional<std::string> Optional(std::string const& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<NameMap> Optional(ExpressionNames const& names) {
    return names.empty() ? std::nullopt : std::optional<NameMap>(names);
}

std::optional<ValueMap> Optional(ExpressionValues const& values) {
    if (values.empty()) return std::nullopt;
    ValueMap checked;
    for (auto const& [key, value] : values) checked.emplace(key, Check(value));
    return checked;
}

template <class Request>
WriteInput ToWriteInput(Request const& request, WriteInput::Kind kind, Item const& item) {
    WriteInput input;
    input.kind = kind;
    input.item = Check(item);
    input.expressions.condition = Optional(request.condition_expression);
    input.expressions.names = Optional(request.names);
    input.expressions.values = Optional(request.values);
    return input;
}

/// Different for different requests.
std::string FingerprintOf(TransactWriteItemsRequest const& request) {
    std::string text = request.table;
    for (TransactWrite const& write : request.writes) {
        text += '\n';
        text += std::to_string(static_cast<int>(write.kind));
        AppendItem(text, write.item);
        text += write.condition_expression;
        for (auto const& [key, name] : write.names) text += '\n' + key + '=' + name;
        for (auto const& [key, value] : write.values) {
            text += '\n' + key + '=';
            AppendAttribute(text, value);
        }
    }
    return text;
}

}  // namespace

GetInput ToInput(GetItemRequest const& request) {
    GetInput input;
    input.table = request.table;
    input.key = Check(request.key);
    input.consistent = request.consistent_read;
    input.expressions.projection = Optional(request.projection_expression);
    input.expressions.names = Optional(request.names);
    return input;
}

QueryInput ToInput(QueryRequest const& request) {
    QueryInput input;
    input.table = request.table;
    input.expressions.key_condition = Optional(request.key_condition_expression);
    input.expressions.filter = Optional(request.filter_expression);
    input.expressions.projection = Optional(request.projection_expression);
    input.expressions.names = Optional(request.names);
    input.expressions.values = Optional(request.values);
    input.consistent = request.consistent_read;
    if (request.limit != 0) input.limit = request.limit;
    input.forward = request.scan_index_forward;
    if (!request.exclusive_start_key.empty()) input.start = Check(request.exclusive_start_key);
    return input;
}

QueryInput ToInput(ScanRequest const& request) {
    QueryInput input;
    input.scan = true;
    input.table = request.table;
    input.expressions.filter = Optional(request.filter_expression);
    input.expressions.projection = Optional(request.projection_expression);
    input.expressions.names = Optional(request.names);
    input.expressions.values = Optional(request.values);
    input.consistent = request.consistent_read;
    if (request.limit != 0) input.limit = request.limit;
    if (request.total_segments != 0) {
        input.segment = request.segment;
        input.total_segments = request.total_segments;
    }
    if (!request.exclusive_start_key.empty()) input.start = Check(request.exclusive_start_key);
    return input;
}

WriteInput ToInput(PutItemRequest const& request) {
    WriteInput input = ToWriteInput(request, WriteInput::Kind::kPut, request.item);
    input.table = request.table;
    input.old_on_failure = request.return_old_on_condition_failure;
    return input;
}

WriteInput ToInput(DeleteItemRequest const& request) {
    WriteInput input = ToWriteInput(request, WriteInput::Kind::kDelete, request.key);
    input.table = request.table;
    input.old_on_failure = request.return_old_on_condition_failure;
    return input;
}

BatchGetInput ToInput(BatchGetItemRequest const& request) {
    BatchGetTable table;
    table.table = request.table;
    for (Item const& key : request.keys) table.keys.push_back(Check(key));
    table.consistent = request.consistent_read;
    table.expressions.projection = Optional(request.projection_expression);
    table.expressions.names = Optional(request.names);
    BatchGetInput input;
    input.tables.push_back(std::move(table));
    return input;
}

BatchWriteInput ToInput(BatchWriteItemRequest const& request) {
    BatchWriteTable table;
    table.table = request.table;
    for (BatchWrite const& write : request.writes) {
        BatchWriteEntry& entry = table.entries.emplace_back();
        (write.kind == BatchWrite::Kind::kPut ? entry.put : entry.remove) = Check(write.item);
    }
    BatchWriteInput input;
    input.tables.push_back(std::move(table));
    return input;
}

TransactWriteInput ToInput(TransactWriteItemsRequest const& request) {
    TransactWriteInput input;
    for (TransactWrite const& write : request.writes) {
        auto const kind = write.kind == TransactWrite::Kind::kPut ? WriteInput::Kind::kPut
                          : write.kind == TransactWrite::Kind::kDelete
                              ? WriteInput::Kind::kDelete
                              : WriteInput::Kind::kConditionCheck;
        WriteInput action = ToWriteInput(write, kind, write.item);
        action.table = request.table;
        input.actions.push_back(std::move(action));
    }
    input.token = request.client_request_token;
    if (!input.token.empty()) input.fingerprint = FingerprintOf(request);
    return input;
}

Outcome<TableSettings> ToSettings(CreateTableRequest const& request) {
    TableSettings settings;
    settings.name = request.table;
    settings.keys = request.keys;
    KeySchema const& keys = request.keys;
    auto const is_key_type = [](std::string const& type) {
        return type == "S" || type == "N" || type == "B";
    };
    if (keys.partition_key.empty()) {
        return Invalid(
            "1 validation error detected: Value '' at 'keySchema.1.member.attributeName' "
            "failed to satisfy constraint: Member must have length greater than or equal to "
            "1");
    }
    if (!is_key_type(keys.partition_type) ||
        (!keys.sort_key.empty() && !is_key_type(keys.sort_type))) {
        return Invalid(
            "1 validation error detected: Value at "
            "'attributeDefinitions.1.member.attributeType' failed to satisfy constraint: "
            "Member must satisfy enum value set: [B, N, S]");
    }
    if (keys.partition_key == keys.sort_key) {
        return Invalid(
            "Both the Hash Key and the Range Key element in the KeySchema have the same name");
    }
    return settings;
}

Outcome<TableDescription> Described(Outcome<Table const*> const& table) {
    if (!table) return Refuse(table.error());
    TableDescription description;
    description.name = (*table)->Settings().name;
    description.status = "ACTIVE";
    description.keys = (*table)->Keys();
    description.billing_mode = (*table)->Settings().on_demand ? "PAY_PER_REQUEST" : "PROVISIONED";
    description.item_count = static_cast<std::int64_t>((*table)->ItemCount());
    description.size_bytes = static_cast<std::int64_t>((*table)->Bytes());
    description.arn = (*table)->Arn();
    description.creation_time = (*table)->CreationTime();
    return description;
}

Error ToError(ServiceError const& error) {
    constexpr std::pair<std::string_view, ErrorCode> kCodes[] = {
        {"ValidationException", ErrorCode::kInvalidArgument},
        {"IdempotentParameterMismatchException", ErrorCode::kInvalidArgument},
        {"ResourceNotFoundException", ErrorCode::kNotFound},
        {"ResourceInUseException", ErrorCode::kAlreadyExists},
        {"ConditionalCheckFailedException", ErrorCode::kConditionFailed},
        {"TransactionCanceledException", ErrorCode::kConflict},
    };
    Error result;
    result.code = ErrorCode::kService;
    for (auto const& [code, mapped] : kCodes) {
        if (code == error.code) result.code = mapped;
    }
    if (!error.reasons.empty()) {
        std::vector<std::string_view> reasons;
        for (CancellationReason const& reason : error.reasons) reasons.push_back(reason.code);
        result.code = CodeOfCancellation(reasons);
    }
    result.message = error.message;
    result.http_status = error.http_status;
    result.service_code = error.code;
    result.request_id = base::RandomUuid();
    return result;
}

ServiceError ToServiceError(Error const& error) {
    constexpr std::pair<ErrorCode, std::string_view> kCodes[] = {
        {ErrorCode::kInvalidArgument, "ValidationException"},
        {ErrorCode::kNotFound, "ResourceNotFoundException"},
        {ErrorCode::kAlreadyExists, "ResourceInUseException"},
        {ErrorCode::kConditionFailed, "ConditionalCheckFailedException"},
        {ErrorCode::kConflict, "TransactionConflictException"},
        {ErrorCode::kThrottled, "ProvisionedThroughputExceededException"},
        {ErrorCode::kCredentials, "UnrecognizedClientException"},
        {ErrorCode::kAccessDenied, "AccessDeniedException"},
    };
    ServiceError result;
    result.code = "InternalServerError";
    result.http_status = 500;
    for (auto const& [code, name] : kCodes) {
        if (code != error.code) continue;
        result.code = name;
        result.http_status = 400;
    }
    if (!error.service_code.empty()) result.code = error.service_code;
    if (error.http_status != 0) result.http_status = error.http_status;
    result.message = error.message;
    return result;
}

}  // namespace lddynamo::dynamodb::memory
