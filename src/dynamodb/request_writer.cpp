#include "dynamodb/request_writer.hpp"

#include "base/random.hpp"
#include "dynamodb/attribute_json.hpp"
#include "json/raw_json.hpp"

#include <string_view>

namespace lddynamo::dynamodb {
namespace {

/// Writes one object, member by member; what is empty is left out.
class ObjectWriter {
  public:
    explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
    ObjectWriter(ObjectWriter const&) = delete;
    ObjectWriter& operator=(ObjectWriter const&) = delete;
    ~ObjectWriter() { out_ += '}'; }

    /// Starts a member; its value is appended to Out().
    std::string& Name(std::string_view name) {
        if (!first_) out_ += ',';
        first_ = false;
        json::AppendQuoted(out_, name);
        out_ += ':';
        return out_;
    }
    void Text(std::string_view name, std::string_view text) {
        if (!text.empty()) json::AppendQuoted(Name(name), text);
    }
    void Flag(std::string_view name, bool value) {
        if (value) Name(name) += "true";
    }
    void Row(std::string_view name, Item const& item) { AppendItem(Name(name), item); }
    void Names(ExpressionNames const& names) {
        if (names.empty()) return;
        ObjectWriter object(Name("ExpressionAttributeNames"));
        for (auto const& [placeholder, attribute] : names) {
            json::AppendQuoted(object.Name(placeholder), attribute);
        }
    }
    void Values(ExpressionValues const& values) {
        if (!values.empty()) Row("ExpressionAttributeValues", values);
    }

  private:
    std::string& out_;
    bool first_ = true;
};

template <class Items, class Append>
void AppendArray(std::string& out, Items const& items, Append const& append) {
    out += '[';
    bool first = true;
    for (auto const& item : items) {
        if (!first) out += ',';
        first = false;
        append(item);
    }
    out += ']';
}

template <class Request>
void ConditionalWrite(ObjectWriter& object, Request const& request) {
    object.Text("ConditionExpression", request.condition_expression);
    object.Names(request.names);
    object.Values(request.values);
    if (request.return_old_on_condition_failure) {
        object.Text("ReturnValuesOnConditionCheckFailure", "ALL_OLD");
    }
}

void AppendBatchWrite(std::string& out, BatchWrite const& write) {
    bool const is_put = write.kind == BatchWrite::Kind::kPut;
    ObjectWriter entry(out);
    ObjectWriter action(entry.Name(is_put ? "PutRequest" : "DeleteRequest"));
    action.Row(is_put ? "Item" : "Key", write.item);
}

void AppendTransactWrite(std::string& out, std::string const& table, TransactWrite const& write) {
    bool const is_put = write.kind == TransactWrite::Kind::kPut;
    std::string_view const name = is_put                                       ? "Put"
                                  : write.kind == TransactWrite::Kind::kDelete ? "Delete"
                                                                               : "ConditionCheck";
    ObjectWriter entry(out);
    ObjectWriter action(entry.Name(name));
    action.Text("TableName", table);
    action.Row(is_put ? "Item" : "Key", write.item);
    action.Text("ConditionExpression", write.condition_expression);
    action.Names(write.names);
    action.Values(write.values);
}

void AppendKeys(ObjectWriter& object, KeySchema const& keys) {
    auto const list = [&](std::string_view name, std::string_view property,
                          std::string_view partition, std::string_view sort) {
        std::string& out = object.Name(name);
        auto const element = [&](std::string_view attribute, std::string_view value) {
            ObjectWriter entry(out);
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
        ObjectWriter object(out);
        object.Text("TableName", request.table);
        object.Row("Key", request.key);
        object.Flag("ConsistentRead", request.consistent_read);
        object.Text("ProjectionExpression", request.projection_expression);
        object.Names(request.names);
    }
    return out;
}

std::string WriteBody(QueryRequest const& request) {
    std::string out;
    {
        ObjectWriter object(out);
        object.Text("TableName", request.table);
        object.Text("KeyConditionExpression", request.key_condition_expression);
        object.Text("FilterExpression", request.filter_expression);
        object.Text("ProjectionExpression", request.projection_expression);
        object.Names(request.names);
        object.Values(request.values);
        object.Flag("ConsistentRead", request.consistent_read);
        if (request.limit != 0) object.Name("Limit") += std::to_string(request.limit);
        if (!request.scan_index_forward) object.Name("ScanIndexForward") += "false";
        if (!request.exclusive_start_key.empty()) {
            object.Row("ExclusiveStartKey", request.exclusive_start_key);
        }
    }
    return out;
}

std::string WriteBody(BatchGetItemRequest const& request) {
    std::string out;
    {
        ObjectWriter object(out);
        ObjectWriter tables(object.Name("RequestItems"));
        ObjectWriter table(tables.Name(request.table));
        AppendArray(table.Name("Keys"), request.keys,
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
        ObjectWriter object(out);
        object.Text("TableName", request.table);
        object.Row("Item", request.item);
        ConditionalWrite(object, request);
    }
    return out;
}

std::string WriteBody(DeleteItemRequest const& request) {
    std::string out;
    {
        ObjectWriter object(out);
        object.Text("TableName", request.table);
        object.Row("Key", request.key);
        ConditionalWrite(object, request);
    }
    return out;
}

std::string WriteBody(BatchWriteItemRequest const& request) {
    std::string out;
    {
        ObjectWriter object(out);
        ObjectWriter tables(object.Name("RequestItems"));
        AppendArray(tables.Name(request.table), request.writes,
                    [&](BatchWrite const& write) { AppendBatchWrite(out, write); });
    }
    return out;
}

std::string WriteBody(TransactWriteItemsRequest const& request) {
    std::string out;
    {
        ObjectWriter object(out);
        AppendArray(object.Name("TransactItems"), request.writes, [&](TransactWrite const& write) {
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
        ObjectWriter object(out);
        object.Text("TableName", request.table);
        AppendKeys(object, request.keys);
        object.Text("BillingMode", "PAY_PER_REQUEST");
    }
    return out;
}

std::string WriteTableName(std::string const& table) {
    std::string out;
    {
        ObjectWriter object(out);
        object.Text("TableName", table);
    }
    return out;
}

}  // namespace lddynamo::dynamodb
