#include "dynamodb/memory/wire_settings.hpp"

#include "dynamodb/memory/wire_answers.hpp"
#include "dynamodb/memory/wire_check.hpp"
#include "dynamodb/memory/wire_requests.hpp"

#include <cstddef>
#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

constexpr std::size_t kMaxTags = 50;
constexpr std::string_view kPrefix = "One or more parameter values were invalid: ";

Outcome<std::string> UpdateTable(Engine& engine, Value const& json) {
    if (Member(json, "GlobalSecondaryIndexUpdates")) {
        return Invalid("Secondary indexes are not supported by the in-memory DynamoDB");
    }
    Value const* const billing = Member(json, "BillingMode");
    Value const* const throughput = Member(json, "ProvisionedThroughput");
    Value const* const protection = Member(json, "DeletionProtectionEnabled");
    if (!billing && !throughput && !protection) {
        return Invalid(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
            "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required");
    }
    auto const table = engine.DescribeTable(Text(json, "TableName"));
    if (!table) return Refuse(table.error());
    TableSettings settings = (*table)->Settings();
    TableSettings const before = settings;
    if (billing) settings.on_demand = billing->AsString() == "PAY_PER_REQUEST";
    if (billing || throughput) {
        if (settings.on_demand && !throughput) {
            settings.read_units = settings.write_units = 0;
        } else if (std::string problem = CheckThroughput(json, settings); !problem.empty()) {
            return Invalid(problem);
        }
    }
    if (!before.on_demand && !settings.on_demand && throughput &&
        settings.read_units == before.read_units && settings.write_units == before.write_units) {
        std::string const reads = std::to_string(before.read_units);
        std::string const writes = std::to_string(before.write_units);
        return Invalid(
            "The provisioned throughput for the table will not change. The requested value equals "
            "the current value. Current ReadCapacityUnits provisioned for the table: " +
            reads + ". Requested ReadCapacityUnits: " + reads +
            ". Current WriteCapacityUnits provisioned for the table: " + writes +
            ". Requested WriteCapacityUnits: " + writes +
            ". Refer to the Amazon DynamoDB Developer Guide for current limits and how to request "
            "higher limits.");
    }
    if (protection) settings.deletion_protection = ToBool(*protection);
    auto const changed = engine.ChangeTable(std::move(settings));
    if (!changed) return Refuse(changed.error());
    return "{\"TableDescription\":" + TableJson(**changed, "ACTIVE") + "}";
}

Outcome<std::string> UpdateTimeToLive(Engine& engine, Value const& json) {
    Value const& wanted = json["TimeToLiveSpecification"];
    bool const enabled = ToBool(wanted["Enabled"]);
    std::string const attribute = Text(wanted, "AttributeName");
    auto const table = engine.DescribeTable(Text(json, "TableName"));
    if (!table) return Refuse(table.error());
    TableSettings settings = (*table)->Settings();
    std::string const& current = settings.ttl_attribute;
    if (!enabled && current.empty()) return Invalid("TimeToLive is already disabled");
    if (enabled && current == attribute) return Invalid("TimeToLive is already enabled");
    if (!current.empty() && current != attribute) {
        return Invalid(
            "TimeToLive is active on a different AttributeName: current AttributeName is " +
            current);
    }
    settings.ttl_attribute = enabled ? attribute : std::string();
    auto const changed = engine.ChangeTable(std::move(settings));
    if (!changed) return Refuse(changed.error());
    std::string out;
    {
        ObjectWriter writer(out);
        ObjectWriter specification(writer.Key("TimeToLiveSpecification"));
        specification.Text("AttributeName", attribute);
        specification.Key("Enabled") += enabled ? "true" : "false";
    }
    return out;
}

Outcome<std::string> DescribeTimeToLive(Engine const& engine, Value const& json) {
    auto const table = engine.DescribeTable(Text(json, "TableName"));
    if (!table) return Refuse(table.error());
    std::string const& attribute = (*table)->Settings().ttl_attribute;
    std::string out;
    {
        ObjectWriter writer(out);
        ObjectWriter description(writer.Key("TimeToLiveDescription"));
        if (!attribute.empty()) description.Text("AttributeName", attribute);
        description.Text("TimeToLiveStatus", attribute.empty() ? "DISABLED" : "ENABLED");
    }
    return out;
}

Outcome<Table const*> TableOfArn(Engine const& engine, std::string const& arn) {
    std::size_t const slash = arn.find(":table/");
    if (!arn.starts_with("arn:") || slash == std::string::npos) {
        return Invalid("Invalid TableArn: Invalid ResourceArn provided as input " + arn);
    }
    auto const table = engine.DescribeTable(arn.substr(slash + 7));
    if (!table || (*table)->Arn() != arn) {
        return Refuse("ResourceNotFoundException",
                      "Requested resource not found: ResourcArn: " + arn + " not found");
    }
    return table;
}

Outcome<std::string> ChangeTags(Engine& engine, Value const& json, bool add) {
    auto const table = TableOfArn(engine, Text(json, "ResourceArn"));
    if (!table) return Refuse(table.error());
    TableSettings settings = (*table)->Settings();
    if (add) {
        if (std::string problem = AddTags(json["Tags"], settings.tags); !problem.empty()) {
            return Invalid(problem);
        }
    }
    for (Value const& key : json["TagKeys"].AsArray()) {
        settings.tags.erase(std::string(key.AsString()));
    }
    auto const changed = engine.ChangeTable(std::move(settings));
    if (!changed) return Refuse(changed.error());
    return std::string();
}

Outcome<std::string> ListTags(Engine const& engine, Value const& json) {
    auto const table = TableOfArn(engine, Text(json, "ResourceArn"));
    if (!table) return Refuse(table.error());
    std::string out;
    {
        ObjectWriter writer(out);
        AppendArray(writer.Key("Tags"), (*table)->Settings().tags, [&](auto const& tag) {
            ObjectWriter one(out);
            one.Text("Key", tag.first);
            one.Text("Value", tag.second);
        });
    }
    return out;
}

}  // namespace

std::string AddTags(Value const& json, std::map<std::string, std::string, std::less<>>& tags) {
    std::map<std::string, std::string, std::less<>> given;
    for (Value const& tag : json.AsArray()) {
        if (!given.emplace(tag["Key"].AsString(), tag["Value"].AsString()).second) {
            return std::string(kPrefix) + "Duplicate tag key: " + Text(tag, "Key");
        }
    }
    for (auto& [key, value] : given) tags.insert_or_assign(key, std::move(value));
    return tags.size() > kMaxTags ? std::string(kPrefix) + "Too many tags: 50 are allowed"
                                  : std::string();
}

std::optional<Outcome<std::string>> PerformSettings(Engine& engine, std::string_view operation,
                                                    Value const& json) {
    if (operation == "UpdateTable") return UpdateTable(engine, json);
    if (operation == "UpdateTimeToLive") return UpdateTimeToLive(engine, json);
    if (operation == "DescribeTimeToLive") return DescribeTimeToLive(engine, json);
    if (operation == "TagResource") return ChangeTags(engine, json, true);
    if (operation == "UntagResource") return ChangeTags(engine, json, false);
    if (operation == "ListTagsOfResource") return ListTags(engine, json);
    if (operation == "DescribeLimits") {
        return "{\"AccountMaxReadCapacityUnits\":80000,\"AccountMaxWriteCapacityUnits\":80000,"
               "\"TableMaxReadCapacityUnits\":40000,\"TableMaxWriteCapacityUnits\":40000}";
    }
    return std::nullopt;
}

}  // namespace lddynamo::dynamodb::memory
