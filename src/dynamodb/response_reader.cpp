#include "dynamodb/response_reader.hpp"

#include "dynamodb/attribute_json.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::dynamodb {
namespace {

tl::unexpected<Error> Unexpected(std::string_view member) {
    return Fail(ErrorCode::kInvalidData,
                "\"" + std::string(member) + "\" of the answer has another form than DynamoDB's");
}

/// Appends the rows of an array; null and missing are empty.
Status ReadRows(Value const& json, std::string_view member, std::vector<Item>& rows) {
    if (json.IsNull()) return {};
    if (!json.IsArray()) return Unexpected(member);
    rows.reserve(rows.size() + json.Size());
    for (Value const& row : json.AsArray()) {
        auto item = ItemFromJson(row);
        if (!item) return Fail(std::move(item.error()));
        rows.push_back(std::move(*item));
    }
    return {};
}

Result<BatchWrite> ReadBatchWrite(Value const& json) {
    BatchWrite write;
    Value const* row = nullptr;
    if (Value const* const put = json.Find("PutRequest")) {
        row = put->Find("Item");
    } else if (Value const* const erase = json.Find("DeleteRequest")) {
        write.kind = BatchWrite::Kind::kDelete;
        row = erase->Find("Key");
    }
    if (row == nullptr) return Unexpected("UnprocessedItems");
    auto item = ItemFromJson(*row);
    if (!item) return Fail(std::move(item.error()));
    write.item = std::move(*item);
    return write;
}

void ReadKeys(Value const& table, KeySchema& keys) {
    auto const type_of = [&](std::string_view name) -> std::string {
        for (Value const& definition : table["AttributeDefinitions"].AsArray()) {
            if (definition["AttributeName"].AsString() == name) {
                return std::string(definition["AttributeType"].AsString());
            }
        }
        return "S";
    };
    for (Value const& element : table["KeySchema"].AsArray()) {
        std::string name(element["AttributeName"].AsString());
        std::string type = type_of(name);
        if (element["KeyType"].AsString() == "RANGE") {
            keys.sort_key = std::move(name);
            keys.sort_type = std::move(type);
        } else {
            keys.partition_key = std::move(name);
            keys.partition_type = std::move(type);
        }
    }
}

}  // namespace

Result<GetItemResponse> ReadGetItem(Value const& answer) {
    GetItemResponse response;
    Value const& row = answer["Item"];
    if (row.IsNull()) return response;
    auto item = ItemFromJson(row);
    if (!item) return Fail(std::move(item.error()));
    response.item = std::move(*item);
    return response;
}

Result<QueryResponse> ReadQuery(Value const& answer) {
    QueryResponse response;
    if (auto status = ReadRows(answer["Items"], "Items", response.items); !status) {
        return Fail(std::move(status.error()));
    }
    Value const& last = answer["LastEvaluatedKey"];
    if (last.IsNull()) return response;
    auto key = ItemFromJson(last);
    if (!key) return Fail(std::move(key.error()));
    response.last_evaluated_key = std::move(*key);
    return response;
}

Result<BatchGetItemResponse> ReadBatchGetItem(Value const& answer) {
    BatchGetItemResponse response;
    Value const& tables = answer["Responses"];
    if (!tables.IsNull() && !tables.IsObject()) return Unexpected("Responses");
    for (Value::Member const& table : tables.AsObject()) {
        if (auto status = ReadRows(table.value, "Responses", response.items); !status) {
            return Fail(std::move(status.error()));
        }
    }
    Value const& unprocessed = answer["UnprocessedKeys"];
    if (!unprocessed.IsNull() && !unprocessed.IsObject()) return Unexpected("UnprocessedKeys");
    for (Value::Member const& table : unprocessed.AsObject()) {
        if (auto status =
                ReadRows(table.value["Keys"], "UnprocessedKeys", response.unprocessed_keys);
            !status) {
            return Fail(std::move(status.error()));
        }
    }
    return response;
}

Result<BatchWriteItemResponse> ReadBatchWriteItem(Value const& answer) {
    BatchWriteItemResponse response;
    Value const& unprocessed = answer["UnprocessedItems"];
    if (!unprocessed.IsNull() && !unprocessed.IsObject()) return Unexpected("UnprocessedItems");
    for (Value::Member const& table : unprocessed.AsObject()) {
        if (!table.value.IsArray()) return Unexpected("UnprocessedItems");
        for (Value const& entry : table.value.AsArray()) {
            auto write = ReadBatchWrite(entry);
            if (!write) return Fail(std::move(write.error()));
            response.unprocessed.push_back(std::move(*write));
        }
    }
    return response;
}

Result<TableDescription> ReadTableDescription(Value const& answer) {
    Value const* table = answer.Find("Table");
    if (table == nullptr) table = answer.Find("TableDescription");
    if (table == nullptr || !table->IsObject()) return Unexpected("Table");
    TableDescription description;
    description.name = (*table)["TableName"].AsString();
    description.status = (*table)["TableStatus"].AsString();
    ReadKeys(*table, description.keys);
    description.billing_mode = (*table)["BillingModeSummary"]["BillingMode"].AsString();
    if (description.billing_mode.empty()) description.billing_mode = "PROVISIONED";
    description.item_count = (*table)["ItemCount"].AsInt64();
    description.size_bytes = (*table)["TableSizeBytes"].AsInt64();
    description.arn = (*table)["TableArn"].AsString();
    if (Value const& time = (*table)["CreationDateTime"]; time.IsNumber()) {
        description.creation_time = time.AsDouble();
    }
    return description;
}

}  // namespace lddynamo::dynamodb
