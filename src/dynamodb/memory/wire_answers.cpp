#include "dynamodb/memory/wire_answers.hpp"

#include "dynamodb/attribute_json.hpp"
#include "json/raw_json.hpp"

namespace lddynamo::dynamodb::memory {
namespace {

void AppendTexts(std::string& out, std::vector<std::string> const& texts) {
    AppendArray(out, texts, [&](std::string const& text) { json::AppendQuoted(out, text); });
}

void AppendUnprocessedKeys(std::string& out, BatchGetTable const& request,
                           std::vector<std::size_t> const& positions) {
    ObjectWriter writer(out);
    std::string& keys = writer.Key("Keys");
    AppendArray(keys, positions, [&](std::size_t i) { AppendItem(keys, request.keys[i].item); });
    if (request.attributes_to_get) {
        AppendTexts(writer.Key("AttributesToGet"), *request.attributes_to_get);
    }
    if (request.consistent) writer.Key("ConsistentRead") += "true";
    if (request.expressions.projection) {
        writer.Text("ProjectionExpression", *request.expressions.projection);
    }
    if (request.expressions.names) {
        ObjectWriter names(writer.Key("ExpressionAttributeNames"));
        for (auto const& [key, name] : *request.expressions.names) names.Text(key, name);
    }
}

void AppendUnprocessedWrite(std::string& out, BatchWriteEntry const& entry) {
    ObjectWriter writer(out);
    if (entry.put) {
        ObjectWriter(writer.Key("PutRequest")).Attributes("Item", entry.put->item);
    } else if (entry.remove) {
        ObjectWriter(writer.Key("DeleteRequest")).Attributes("Key", entry.remove->item);
    }
}

template <class Output, class Input>
void AppendCapacities(ObjectWriter& writer, CapacityDetail detail, Output const& output,
                      Input const& input) {
    if (detail == CapacityDetail::kNone) return;
    std::string& out = writer.Key("ConsumedCapacity");
    std::size_t t = 0;
    AppendArray(out, output.tables, [&](auto const& table) {
        AppendCapacity(out, detail, input.tables[t++].table, table.units);
    });
}

}  // namespace

CapacityDetail WantedCapacity(Value const& parameters) {
    std::string_view const wanted = parameters["ReturnConsumedCapacity"].AsString();
    if (wanted == "TOTAL") return CapacityDetail::kTotal;
    return wanted == "INDEXES" ? CapacityDetail::kIndexes : CapacityDetail::kNone;
}

void AppendCapacity(std::string& out, CapacityDetail detail, std::string_view table, double units,
                    std::string_view kind) {
    auto const append_units = [&](ObjectWriter& writer) {
        writer.Number("CapacityUnits", units);
        if (!kind.empty()) writer.Number(std::string(kind) + "CapacityUnits", units);
    };
    ObjectWriter writer(out);
    append_units(writer);
    writer.Text("TableName", table);
    if (detail == CapacityDetail::kIndexes) {
        ObjectWriter of_table(writer.Key("Table"));
        append_units(of_table);
    }
}

std::string TableJson(Table const& table, std::string_view status) {
    TableSettings const& settings = table.Settings();
    struct KeyAttribute {
        std::string const& name;
        std::string const& type;
        std::string_view role;
    };
    std::vector<KeyAttribute> keys{
        {settings.keys.partition_key, settings.keys.partition_type, "HASH"}};
    if (table.HasSortKey())
        keys.push_back({settings.keys.sort_key, settings.keys.sort_type, "RANGE"});
    std::string out;
    {
        ObjectWriter writer(out);
        AppendArray(writer.Key("AttributeDefinitions"), keys, [&](KeyAttribute const& key) {
            ObjectWriter one(out);
            one.Text("AttributeName", key.name);
            one.Text("AttributeType", key.type);
        });
        writer.Text("TableName", settings.name);
        AppendArray(writer.Key("KeySchema"), keys, [&](KeyAttribute const& key) {
            ObjectWriter one(out);
            one.Text("AttributeName", key.name);
            one.Text("KeyType", key.role);
        });
        writer.Text("TableStatus", status);
        writer.Number("CreationDateTime", table.CreationTime());
        {
            ObjectWriter units(writer.Key("ProvisionedThroughput"));
            units.Number("NumberOfDecreasesToday", 0);
            units.Number("ReadCapacityUnits", static_cast<double>(settings.read_units));
            units.Number("WriteCapacityUnits", static_cast<double>(settings.write_units));
        }
        writer.Number("TableSizeBytes", static_cast<double>(table.Bytes()));
        writer.Number("ItemCount", static_cast<double>(table.ItemCount()));
        writer.Text("TableArn", table.Arn());
        writer.Text("TableId", table.Id());
        if (settings.on_demand) {
            ObjectWriter billing(writer.Key("BillingModeSummary"));
            billing.Text("BillingMode", "PAY_PER_REQUEST");
            billing.Number("LastUpdateToPayPerRequestDateTime", table.CreationTime());
        }
        writer.Key("DeletionProtectionEnabled") += settings.deletion_protection ? "true" : "false";
    }
    return out;
}

std::string QueryJson(QueryOutput const& output, QueryInput const& input, CapacityDetail detail) {
    std::string out;
    {
        ObjectWriter writer(out);
        if (input.select != "COUNT") {
            AppendArray(writer.Key("Items"), output.items,
                        [&](Item const& item) { AppendItem(out, item); });
        }
        writer.Number("Count", static_cast<double>(output.count));
        writer.Number("ScannedCount", static_cast<double>(output.scanned));
        if (output.last) writer.Attributes("LastEvaluatedKey", *output.last);
        if (detail != CapacityDetail::kNone) {
            AppendCapacity(writer.Key("ConsumedCapacity"), detail, input.table, output.units);
        }
    }
    return out;
}

std::string BatchGetJson(BatchGetOutput const& output, BatchGetInput const& input,
                         CapacityDetail detail) {
    std::string out;
    {
        ObjectWriter writer(out);
        {
            ObjectWriter responses(writer.Key("Responses"));
            for (std::size_t t = 0; t < output.tables.size(); ++t) {
                AppendArray(responses.Key(input.tables[t].table), output.tables[t].items,
                            [&](Item const& item) { AppendItem(out, item); });
            }
        }
        {
            ObjectWriter unprocessed(writer.Key("UnprocessedKeys"));
            for (std::size_t t = 0; t < output.tables.size(); ++t) {
                if (output.tables[t].unprocessed.empty()) continue;
                AppendUnprocessedKeys(unprocessed.Key(input.tables[t].table), input.tables[t],
                                      output.tables[t].unprocessed);
            }
        }
        AppendCapacities(writer, detail, output, input);
    }
    return out;
}

std::string BatchWriteJson(BatchWriteOutput const& output, BatchWriteInput const& input,
                           CapacityDetail detail) {
    std::string out;
    {
        ObjectWriter writer(out);
        {
            ObjectWriter unprocessed(writer.Key("UnprocessedItems"));
            for (std::size_t t = 0; t < output.tables.size(); ++t) {
                if (output.tables[t].unprocessed.empty()) continue;
                AppendArray(unprocessed.Key(input.tables[t].table), output.tables[t].unprocessed,
                            [&](std::size_t i) {
                                AppendUnprocessedWrite(out, input.tables[t].entries[i]);
                            });
            }
        }
        AppendCapacities(writer, detail, output, input);
    }
    return out;
}

}  // namespace lddynamo::dynamodb::memory
