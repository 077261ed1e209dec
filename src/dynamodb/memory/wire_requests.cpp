#include "dynamodb/memory/wire_requests.hpp"

#include "dynamodb/base64.hpp"
#include "dynamodb/memory/wire_check.hpp"
#include "dynamodb/memory/wire_settings.hpp"

#include <algorithm>
#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

constexpr std::string_view kEmptyValue =
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
constexpr std::string_view kManyTypes =
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
    "supported datatypes";

std::vector<std::string> Texts(Value const& json) {
    std::vector<std::string> texts;
    texts.reserve(json.Size());
    for (Value const& item : json.AsArray()) texts.emplace_back(item.AsString());
    return texts;
}

std::string Bytes(Value const& json) {
    return DecodeBase64(json.AsString()).value_or(std::string());
}

CheckedValue Convert(Value const& json, std::size_t depth);

CheckedValue ConvertList(Value const& json, std::size_t depth) {
    if (depth >= kMaxNesting) return {{}, std::string(kTooNested)};
    CheckedValue result;
    AttributeValue::List items;
    items.reserve(json.Size());
    for (Value const& item : json.AsArray()) {
        CheckedValue converted = Convert(item, depth + 1);
        if (result.flaw.empty()) result.flaw = std::move(converted.flaw);
        items.push_back(std::move(converted.value));
    }
    result.value = AttributeValue::L(std::move(items));
    return result;
}

CheckedValue ConvertMap(Value const& json, std::size_t depth) {
    if (depth >= kMaxNesting) return {{}, std::string(kTooNested)};
    CheckedValue result;
    Item members;
    for (Value::Member const& member : json.AsObject()) {
        CheckedValue converted = Convert(member.value, depth + 1);
        if (result.flaw.empty()) result.flaw = std::move(converted.flaw);
        members.insert_or_assign(member.name, std::move(converted.value));
    }
    result.value = AttributeValue::M(std::move(members));
    return result;
}

std::optional<CheckedValue> ConvertOne(std::string_view type, Value const& json,
                                       std::size_t depth) {
    if (type == "L") return ConvertList(json, depth);
    if (type == "M") return ConvertMap(json, depth);
    if (type == "NULL" && !ToBool(json)) {
        return CheckedValue{{},
                            "One or more parameter values were invalid: Null attribute value types "
                            "must have the value of true"};
    }
    if (type == "NULL") return CheckedValue{};
    if (type == "BOOL") return CheckedValue{AttributeValue::Bool(ToBool(json)), {}};
    if (type == "S") return CheckedValue{AttributeValue::S(std::string(json.AsString())), {}};
    if (type == "B") return CheckedValue{AttributeValue::B(Bytes(json)), {}};
    if (type == "N") return Check(AttributeValue::N(std::string(json.AsString())));
    if (type == "SS") return Check(AttributeValue::SS(Texts(json)));
    if (type == "NS") return Check(AttributeValue(AttributeValue::NumberSet{Texts(json)}));
    if (type == "BS") {
        std::vector<std::string> items;
        for (Value const& item : json.AsArray()) items.push_back(Bytes(item));
        return Check(AttributeValue(AttributeValue::BinarySet{std::move(items)}));
    }
    return std::nullopt;
}

CheckedValue Convert(Value const& json, std::size_t depth) {
    CheckedValue result;
    std::size_t types = 0;
    for (Value::Member const& member : json.AsObject()) {
        if (member.value.IsNull()) continue;
        auto converted = ConvertOne(member.name, member.value, depth);
        if (!converted) continue;  // a type of a later protocol
        ++types;
        if (!converted->flaw.empty()) return std::move(*converted);
        if (types == 1) result = std::move(*converted);
    }
    if (types == 0) result.flaw = kEmptyValue;
    if (types > 1) result.flaw = kManyTypes;
    return result;
}

std::optional<std::string> OptionalText(Value const& json, std::string_view name) {
    Value const* value = Member(json, name);
    return value ? std::optional<std::string>(value->AsString()) : std::nullopt;
}

std::optional<std::int64_t> OptionalInteger(Value const& json, std::string_view name) {
    Value const* value = Member(json, name);
    return value ? std::optional<std::int64_t>(ToInteger(*value)) : std::nullopt;
}

bool Flag(Value const& json, std::string_view name, bool otherwise) {
    Value const* value = Member(json, name);
    return value ? ToBool(*value) : otherwise;
}

std::optional<std::vector<std::string>> OptionalTexts(Value const& json, std::string_view name) {
    Value const* value = Member(json, name);
    return value ? std::optional(Texts(*value)) : std::nullopt;
}

ExpressionTexts ToExpressions(Value const& json) {
    ExpressionTexts texts;
    texts.update = OptionalText(json, "UpdateExpression");
    texts.condition = OptionalText(json, "ConditionExpression");
    texts.key_condition = OptionalText(json, "KeyConditionExpression");
    texts.filter = OptionalText(json, "FilterExpression");
    texts.projection = OptionalText(json, "ProjectionExpression");
    if (Value const* names = Member(json, "ExpressionAttributeNames")) {
        texts.names.emplace();
        for (Value::Member const& member : names->AsObject()) {
            texts.names->insert_or_assign(member.name, std::string(member.value.AsString()));
        }
    }
    if (Value const* values = Member(json, "ExpressionAttributeValues")) {
        texts.values.emplace();
        for (Value::Member const& member : values->AsObject()) {
            texts.values->insert_or_assign(member.name, ToCheckedValue(member.value));
        }
    }
    return texts;
}

std::vector<CheckedValue> ToValues(Value const& json) {
    std::vector<CheckedValue> values;
    for (Value const& item : json.AsArray()) values.push_back(ToCheckedValue(item));
    return values;
}

std::optional<LegacyConditions> ToConditions(Value const& json, std::string_view name) {
    Value const* value = Member(json, name);
    if (!value) return std::nullopt;
    LegacyConditions conditions;
    for (Value::Member const& member : value->AsObject()) {
        LegacyCondition condition{Text(member.value, "ComparisonOperator"),
                                  ToValues(member.value["AttributeValueList"])};
        conditions.insert_or_assign(member.name, std::move(condition));
    }
    return conditions;
}

Expectations ToExpectations(Value const& json) {
    Expectations expectations;
    for (Value::Member const& member : json.AsObject()) {
        Expectation expectation;
        if (Value const* exists = Member(member.value, "Exists")) {
            expectation.exists = ToBool(*exists);
        }
        if (Value const* value = Member(member.value, "Value")) {
            expectation.value = ToCheckedValue(*value);
        }
        if (Value const* values = Member(member.value, "AttributeValueList")) {
            expectation.values = ToValues(*values);
        }
        expectation.comparison = OptionalText(member.value, "ComparisonOperator");
        expectations.insert_or_assign(member.name, std::move(expectation));
    }
    return expectations;
}

std::string Bracketed(std::vector<std::string> const& names) {
    std::string text = "[";
    for (std::string const& name : names) text += (text.size() > 1 ? ", " : "") + name;
    return text + "]";
}

}  // namespace

std::string Text(Value const& json, std::string_view name) {
    return std::string(json[name].AsString());
}

CheckedValue ToCheckedValue(Value const& json) {
    return Convert(json, 0);
}

CheckedItem ToCheckedItem(Value const& json) {
    CheckedItem result;
    for (Value::Member const& member : json.AsObject()) {
        CheckedValue value = ToCheckedValue(member.value);
        if (result.flaw.empty()) result.flaw = std::move(value.flaw);
        result.item.insert_or_assign(member.name, std::move(value.value));
    }
    return result;
}

GetInput ToGet(Value const& json) {
    GetInput input;
    input.table = Text(json, "TableName");
    input.key = ToCheckedItem(json["Key"]);
    input.consistent = Flag(json, "ConsistentRead", false);
    input.attributes_to_get = OptionalTexts(json, "AttributesToGet");
    input.expressions = ToExpressions(json);
    input.expressions.values.reset();  // no member of the shape: passed over
    return input;
}

WriteInput ToWrite(Value const& json, WriteInput::Kind kind) {
    WriteInput input;
    input.kind = kind;
    input.table = Text(json, "TableName");
    input.item = ToCheckedItem(json[kind == WriteInput::Kind::kPut ? "Item" : "Key"]);
    input.expressions = ToExpressions(json);
    if (Value const* expected = Member(json, "Expected"))
        input.expected = ToExpectations(*expected);
    if (Value const* updates = Member(json, "AttributeUpdates")) {
        input.updates.emplace();
        for (Value::Member const& member : updates->AsObject()) {
            LegacyUpdate update;
            update.action = OptionalText(member.value, "Action").value_or("PUT");
            if (Value const* value = Member(member.value, "Value")) {
                update.value = ToCheckedValue(*value);
            }
            input.updates->insert_or_assign(member.name, std::move(update));
        }
    }
    input.any_expectation = Text(json, "ConditionalOperator") == "OR";
    input.return_values = OptionalText(json, "ReturnValues").value_or("NONE");
    input.old_on_failure = Text(json, "ReturnValuesOnConditionCheckFailure") == "ALL_OLD";
    return input;
}

QueryInput ToQuery(Value const& json, bool scan) {
    QueryInput input;
    input.scan = scan;
    input.table = Text(json, "TableName");
    input.index = OptionalText(json, "IndexName");
    input.expressions = ToExpressions(json);
    if (!scan) input.key_conditions = ToConditions(json, "KeyConditions");
    input.filter = ToConditions(json, scan ? "ScanFilter" : "QueryFilter");
    input.conditional_operator = OptionalText(json, "ConditionalOperator");
    input.attributes_to_get = OptionalTexts(json, "AttributesToGet");
    input.select = OptionalText(json, "Select");
    input.limit = OptionalInteger(json, "Limit");
    if (scan) {
        input.expressions.key_condition.reset();
        input.segment = OptionalInteger(json, "Segment");
        input.total_segments = OptionalInteger(json, "TotalSegments");
    }
    input.consistent = Flag(json, "ConsistentRead", false);
    input.forward = scan || Flag(json, "ScanIndexForward", true);
    if (Value const* start = Member(json, "ExclusiveStartKey")) input.start = ToCheckedItem(*start);
    return input;
}

BatchGetInput ToBatchGet(Value const& json) {
    BatchGetInput input;
    for (Value::Member const& member : json["RequestItems"].AsObject()) {
        BatchGetTable request;
        request.table = member.name;
        for (Value const& key : member.value["Keys"].AsArray()) {
            request.keys.push_back(ToCheckedItem(key));
        }
        request.consistent = Flag(member.value, "ConsistentRead", false);
        request.attributes_to_get = OptionalTexts(member.value, "AttributesToGet");
        request.expressions = ToExpressions(member.value);
        request.expressions.values.reset();  // no member of the shape: passed over
        input.tables.push_back(std::move(request));
    }
    return input;
}

BatchWriteInput ToBatchWrite(Value const& json) {
    BatchWriteInput input;
    for (Value::Member const& member : json["RequestItems"].AsObject()) {
        BatchWriteTable request;
        request.table = member.name;
        for (Value const& entry : member.value.AsArray()) {
            BatchWriteEntry converted;
            if (Value const* put = Member(entry, "PutRequest")) {
                converted.put = ToCheckedItem((*put)["Item"]);
            }
            if (Value const* remove = Member(entry, "DeleteRequest")) {
                converted.remove = ToCheckedItem((*remove)["Key"]);
            }
            request.entries.push_back(std::move(converted));
        }
        input.tables.push_back(std::move(request));
    }
    return input;
}

Outcome<TransactWriteInput> ToTransactWrite(Value const& json) {
    constexpr std::pair<std::string_view, WriteInput::Kind> kActions[] = {
        {"ConditionCheck", WriteInput::Kind::kConditionCheck},
        {"Put", WriteInput::Kind::kPut},
        {"Delete", WriteInput::Kind::kDelete},
        {"Update", WriteInput::Kind::kUpdate},
    };
    TransactWriteInput input;
    input.token = Text(json, "ClientRequestToken");
    if (!input.token.empty()) input.fingerprint = json["TransactItems"].ToJson();
    for (Value const& item : json["TransactItems"].AsArray()) {
        std::size_t count = 0;
        for (auto const& [name, kind] : kActions) {
            Value const* action = Member(item, name);
            if (action && count++ == 0) input.actions.push_back(ToWrite(*action, kind));
        }
        if (count != 1) {
            return Invalid("TransactItems can only contain one of Check, Put, Update or Delete");
        }
    }
    return input;
}

std::vector<GetInput> ToTransactGet(Value const& json) {
    std::vector<GetInput> inputs;
    for (Value const& item : json["TransactItems"].AsArray()) inputs.push_back(ToGet(item["Get"]));
    return inputs;
}

std::string CheckThroughput(Value const& json, TableSettings& settings) {
    Value const* throughput = Member(json, "ProvisionedThroughput");
    constexpr std::string_view kPrefix = "One or more parameter values were invalid: ";
    if (settings.on_demand) {
        if (!throughput) return {};
        return std::string(kPrefix) +
               "Neither ReadCapacityUnits nor WriteCapacityUnits can be "
               "specified when BillingMode is PAY_PER_REQUEST";
    }
    if (!throughput) {
        return std::string(kPrefix) +
               "ReadCapacityUnits and WriteCapacityUnits must both be "
               "specified when BillingMode is PROVISIONED";
    }
    settings.read_units = ToInteger((*throughput)["ReadCapacityUnits"]);
    settings.write_units = ToInteger((*throughput)["WriteCapacityUnits"]);
    constexpr std::int64_t kMaxUnits = 1'000'000'000'000;
    for (auto const& [name, units] : {std::pair("ReadCapacityUnits", settings.read_units),
                                      std::pair("WriteCapacityUnits", settings.write_units)}) {
        if (units > kMaxUnits) {
            return "Given value " + std::to_string(units) + " for " + name + " is out of bounds";
        }
    }
    return {};
}

Outcome<TableSettings> ToTableSettings(Value const& json) {
    constexpr std::string_view kPrefix = "One or more parameter values were invalid: ";
    TableSettings settings;
    settings.name = Text(json, "TableName");
    settings.on_demand = Text(json, "BillingMode") == "PAY_PER_REQUEST";
    settings.deletion_protection = Flag(json, "DeletionProtectionEnabled", false);
    if (std::string problem = CheckThroughput(json, settings); !problem.empty()) {
        return Invalid(problem);
    }
    if (Value const* tags = Member(json, "Tags")) {
        if (std::string problem = AddTags(*tags, settings.tags); !problem.empty()) {
            return Invalid(problem);
        }
    }
    std::vector<std::string> defined;
    std::vector<std::string> types;
    for (Value const& definition : json["AttributeDefinitions"].AsArray()) {
        defined.push_back(Text(definition, "AttributeName"));
        types.push_back(Text(definition, "AttributeType"));
    }
    std::vector<std::string> keys;
    std::vector<std::string> roles;
    for (Value const& element : json["KeySchema"].AsArray()) {
        keys.push_back(Text(element, "AttributeName"));
        roles.push_back(Text(element, "KeyType"));
    }
    if (keys.size() > defined.size()) {
        return Invalid("Invalid KeySchema: Some index key attribute have no definition");
    }
    std::vector<std::string> key_types;
    for (std::string const& key : keys) {
        auto const it = std::find(defined.begin(), defined.end(), key);
        if (it == defined.end()) {
            return Invalid(
                std::string(kPrefix) +
                "Some index key attributes are not defined in AttributeDefinitions. Keys: " +
                Bracketed(keys) + ", AttributeDefinitions: " + Bracketed(defined));
        }
        key_types.push_back(types[static_cast<std::size_t>(it - defined.begin())]);
    }
    if (keys.size() == 2 && keys[0] == keys[1]) {
        return Invalid(
            "Both the Hash Key and the Range Key element in the KeySchema have the same name");
    }
    if (roles[0] != "HASH") {
        return Invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    }
    if (roles.size() == 2 && roles[1] != "RANGE") {
        return Invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
    }
    if (Member(json, "LocalSecondaryIndexes") || Member(json, "GlobalSecondaryIndexes")) {
        return Invalid("Secondary indexes are not supported by the in-memory DynamoDB");
    }
    if (keys.size() != defined.size()) {
        return Invalid(std::string(kPrefix) +
                       "Number of attributes in KeySchema does not exactly match "
                       "number of attributes defined in AttributeDefinitions");
    }
    settings.keys.partition_key = keys[0];
    settings.keys.partition_type = key_types[0];
    if (keys.size() == 2) {
        settings.keys.sort_key = keys[1];
        settings.keys.sort_type = key_types[1];
    }
    return settings;
}

}  // namespace lddynamo::dynamodb::memory
