#include "dynamodb/request_writer.hpp"

#include "base/random.hpp"
#include "dynamodb/object_writer.hpp"

#include <string_view>

namespace lddynamo::dynamodb {
namespace {

/// Leaves out what is empty.
class RequestWriter : public ObjectWriter {
  public:
    using ObjectWriter::ObjectWriter;
    void Text(std::string_view name, std::string_view text) {
        if (!text.empty()) ObjectWriter::Text(name, text);
    }
    void Flag(std::string_view name, bool value) {
        if (value) Key(name) += "true";
    }
    void Names(ExpressionNames const& names) {
        if (names.empty()) return;
        ObjectWriter object(Key("ExpressionAttributeNames"));
        for (auto const& [name, attribute] : names) object.Text(name, attribute);
    }
    void Values(ExpressionValues const& values) {
        if (!values.empty()) Attributes("ExpressionAttributeValues", values);
    }
};

template <class Request>
void ConditionalWrite(RequestWriter& object, Request const& request) {
    object.Text("ConditionExpression", request.condition_expression);
    object.Names(request.names);
    object.Values(request.values);
    if (request.return_old_on_condition_failure) {
        object.Text("ReturnValuesOnConditionCheckFailure", "ALL_OLD");
    }
}

/// What Query and Scan have in common.
template <class Request>
void PagedRead(RequestWriter& object, Request const& request) {
    object.Text("TableName", request.table);
    object.Text("FilterExpression", request.filter_expression);
    object.Text("ProjectionExpression", request.projection_expression);
    object.Names(request.names);
    object.Values(request.values);
    object.Flag("ConsistentRead", request.consistent_read);
    if (request.limit != 0) object.Key("Limit") += std::to_string(request.limit);
    if (!request.exclusive_start_key.empty()) {
        object.Attributes("ExclusiveStartKey", request.exclusive_start_key);
    }
}

void AppendBatchWrite(std::string& out, BatchWrite const& write) {
    bool const is_put = write.kind == BatchWrite::Kind::kPut;
    RequestWriter entry(out);
    RequestWriter action(entry.Key(is_put ? "PutRequest" : "DeleteRequest"));
    action.Attributes(is_put ? "Item" : "Key", write.item);
}

void AppendTransactWrite(std::string& out, std::string const& table, TransactWrite const& write) {
    bool const is_put = write.kind == TransactWrite::Kind::kPut;
    std::string_view const name = is_put                                       ? "Put"
                                  : write.kind == TransactWrite::Kind::kDelete ? "Delete"
                                                                               : "ConditionCheck";
    RequestWriter entry(out);
    RequestWriter action(entry.Key(name));
    action.Text("TableName", table);
    action.Attributes(is_put ? "Item" : "Key", write.item);
    action.Text("ConditionExpression", write.condition_expression);
    action.Names(write.names);
    action.Values(write.values);
}

void AppendKeys(RequestWriter& object, KeySchema const& keys) {
    auto const list = [&](std::string_view name, std::string_view property,
                          std::string_view partition, std::string_view sort) {
        std::string& out = object.Key(name);
        auto const element = [&](std::string_view attribute, std::string_view value) {
            RequestWriter entry(out);
            entry.Text("AttributeName", attribute);
            entry.Text(property, value);
        };
        out += '[';
        element(keys.partition_key, partition);
        if (!keys.sort_key.empty()) {
            out += ',';
            element(keys.sort_key, sort);
        }
        out += ']';
    };
    list("AttributeDefinitions", "AttributeType", keys.partition_type, keys.sort_type);
    list("KeySchema", "KeyType", "HASH", "RANGE");
}

}  // namespace

std::string WriteBody(GetItemRequest const& request) {
    std::string out;
    {
        RequestWriter object(out);
        object.Text("TableName", request.table);
        object.Attributes("Key", request.key);
        object.Flag("ConsistentRead", request.consistent_read);
        object.Text("ProjectionExpression", request.projection_expression);
        object.Names(request.names);
    }
    return out;
}

std::string WriteBody(QueryRequest const& request) {
    std::string out;
    {
        RequestWriter object(out);
        PagedRead(object, request);
        object.Text("KeyConditionExpression", request.key_condition_expression);
        if (!request.scan_index_forward) object.Key("ScanIndexForward") += "false";
    }
    return out;
}

std::string WriteBody(ScanRequest const& request) {
    std::string out;
    {
        RequestWriter object(out);
        PagedRead(object, request);
        if (request.total_segments != 0) {
            object.Key("Segment") += std::to_string(request.segment);
            object.Key("TotalSegments") += std::to_string(request.total_segments);
        }
    }
    return out;
}

std::string WriteBody(BatchGetItemRequest const& request) {
    std::string out;
    {
        RequestWriter object(out);
        RequestWriter tables(object.Key("RequestItems"));
        RequestWriter table(tables.Key(request.table));
        AppendArray(table.Key("Keys"), request.keys,
                    [&](Item const& key) { AppendItem(out, key); });
        table.Flag("ConsistentRead", request.consistent_read);
        table.Text("ProjectionExpression", request.projection_expression);
        table.Names(request.names);
    }
    return out;
}

std::string WriteBody(PutItemRequest const& request) {
    std::string out;
    {
        RequestWriter object(out);
        object.Text("TableName", request.table);
        object.Attributes("Item", request.item);
        ConditionalWrite(object, request);
    }
    return out;
}

std::string WriteBody(DeleteItemRequest const& request) {
    std::string out;
    {
        RequestWriter object(out);
        object.Text("TableName", request.table);
        object.Attributes("Key", request.key);
        ConditionalWrite(object, request);
    }
    return out;
}

std::string WriteBody(BatchWriteItemRequest const& request) {
    std::string out;
    {
        RequestWriter object(out);
        RequestWriter tables(object.Key("RequestItems"));
        AppendArray(tables.Key(request.table), request.writes,
                    [&](BatchWrite const& write) { AppendBatchWrite(out, write); });
    }
    return out;
}

std::string WriteBody(TransactWriteItemsRequest const& request) {
    std::string out;
    {
        RequestWriter object(out);
        AppendArray(object.Key("TransactItems"), request.writes, [&](TransactWrite const& write) {
            AppendTransactWrite(out, request.table, write);
        });
        object.Text("ClientRequestToken", request.client_request_token.empty()
                                              ? base::RandomUuid()
                                              : request.client_request_token);
    }
    return out;
}

std::string WriteBody(CreateTableRequest const& request) {
    std::string out;
    {
        RequestWriter object(out);
        object.Text("TableName", request.table);
        AppendKeys(object, request.keys);
        object.Text("BillingMode", "PAY_PER_REQUEST");
    }
    return out;
}

std::string WriteTableName(std::string const& table) {
    std::string out;
    {
        RequestWriter object(out);
        object.Text("TableName", table);
    }
    return out;
}

}  // namespace lddynamo::dynamodb
