#include "dynamodb/local/change_text.hpp"

#include "dynamodb/attribute_json.hpp"
#include "dynamodb/object_writer.hpp"

#include <utility>

namespace lddynamo::dynamodb::local {
namespace {

using memory::Change;

void AppendTable(std::string& out, memory::Table const& table) {
    memory::TableSettings const& settings = table.Settings();
    ObjectWriter writer(out);
    writer.Text("name", settings.name);
    writer.Text("id", table.Id());
    writer.Number("created", table.CreationTime());
    writer.Text("partition_key", settings.keys.partition_key);
    writer.Text("partition_type", settings.keys.partition_type);
    if (table.HasSortKey()) {
        writer.Text("sort_key", settings.keys.sort_key);
        writer.Text("sort_type", settings.keys.sort_type);
    }
    if (!settings.on_demand) {
        writer.Number("read_units", static_cast<double>(settings.read_units));
        writer.Number("write_units", static_cast<double>(settings.write_units));
    }
    if (settings.deletion_protection) writer.Key("protected") += "true";
    if (!settings.ttl_attribute.empty()) writer.Text("ttl", settings.ttl_attribute);
    if (!settings.tags.empty()) {
        ObjectWriter tags(writer.Key("tags"));
        for (auto const& [key, value] : settings.tags) tags.Text(key, value);
    }
}

std::string Text(Value const& json, std::string_view name) {
    return std::string(json[name].AsString());
}

bool ApplyTable(Value const& json, memory::Engine& engine) {
    memory::TableSettings settings;
    settings.name = Text(json, "name");
    settings.keys.partition_key = Text(json, "partition_key");
    settings.keys.partition_type = Text(json, "partition_type");
    settings.keys.sort_key = Text(json, "sort_key");
    settings.keys.sort_type = Text(json, "sort_type");
    settings.on_demand = json.Find("read_units") == nullptr;
    settings.read_units = json["read_units"].AsInt64();
    settings.write_units = json["write_units"].AsInt64();
    settings.deletion_protection = json["protected"].AsBool();
    settings.ttl_attribute = Text(json, "ttl");
    for (auto const& [key, value] : json["tags"].AsObject()) {
        settings.tags.emplace(key, value.AsString());
    }
    if (settings.name.empty() || settings.keys.partition_key.empty()) return false;
    return engine.RestoreTable(std::move(settings), json["created"].AsDouble(), Text(json, "id"));
}

bool Apply(Value const& change, memory::Engine& engine) {
    if (Value const* table = change.Find("table")) return ApplyTable(*table, engine);
    if (Value const* drop = change.Find("drop")) return engine.RestoreNoTable(drop->AsString());
    Value const* put = change.Find("put");
    auto item = ItemFromJson(put ? *put : change["erase"]);
    if (!item) return false;
    std::string_view const table = change["in"].AsString();
    return put ? engine.RestoreRow(table, std::move(*item)) : engine.RestoreNoRow(table, *item);
}

}  // namespace

std::string ChangesToText(std::span<Change const> changes) {
    std::string out;
    AppendArray(out, changes, [&](Change const& change) {
        ObjectWriter writer(out);
        std::string const& name = change.table->Settings().name;
        switch (change.kind) {
            case Change::Kind::kPutTable:
                return AppendTable(writer.Key("table"), *change.table);
            case Change::Kind::kDropTable:
                return writer.Text("drop", name);
            case Change::Kind::kPutRow:
                writer.Text("in", name);
                return writer.Attributes("put", *change.item);
            case Change::Kind::kEraseRow:
                writer.Text("in", name);
                return writer.Attributes("erase", *change.item);
        }
    });
    return out;
}

Status ApplyChanges(std::string_view text, memory::Engine& engine) {
    auto const json = Value::Parse(text);
    if (!json) return Fail(json.error());
    if (!json->IsArray()) return Fail(ErrorCode::kInvalidData, "not a list of changes");
    std::size_t position = 0;
    for (Value const& change : json->AsArray()) {
        if (!Apply(change, engine)) {
            return Fail(ErrorCode::kInvalidData,
                        "change " + std::to_string(position) + " does not fit the tables");
        }
        ++position;
    }
    return {};
}

}  // namespace lddynamo::dynamodb::local
