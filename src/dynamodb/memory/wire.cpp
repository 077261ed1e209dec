#include "dynamodb/memory/wire.hpp"

#include "base/random.hpp"
#include "dynamodb/memory/wire_answers.hpp"
#include "dynamodb/memory/wire_check.hpp"
#include "dynamodb/memory/wire_requests.hpp"
#include "dynamodb/memory/wire_settings.hpp"
#include "dynamodb/memory/wire_shapes.hpp"

#include <zlib.h>

#include <functional>
#include <map>
#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

constexpr std::string_view kTargetPrefix = "DynamoDB_20120810.";

std::string PerformGet(GetOutput const& output, std::string const& table, CapacityDetail detail) {
    std::string out;
    {
        ObjectWriter writer(out);
        if (output.item) writer.Attributes("Item", *output.item);
        if (detail != CapacityDetail::kNone) {
            AppendCapacity(writer.Key("ConsumedCapacity"), detail, table, output.units);
        }
    }
    return out;
}

Outcome<std::string> PerformWrite(Engine& engine, Value const& json, WriteInput::Kind kind) {
    WriteInput const input = ToWrite(json, kind);
    auto output = engine.Write(input);
    if (!output) return Refuse(std::move(output.error()));
    std::string out;
    {
        ObjectWriter writer(out);
        if (output->attributes) writer.Attributes("Attributes", *output->attributes);
        CapacityDetail const detail = WantedCapacity(json);
        if (detail != CapacityDetail::kNone) {
            AppendCapacity(writer.Key("ConsumedCapacity"), detail, input.table, output->units);
        }
    }
    return out;
}

/// Of transactions the service also tells which kind of units it were.
void AppendTransactCapacity(ObjectWriter& writer, CapacityDetail detail,
                            std::map<std::string, double, std::less<>> const& tables,
                            std::string_view kind) {
    if (detail == CapacityDetail::kNone) return;
    std::string& list = writer.Key("ConsumedCapacity");
    AppendArray(list, tables, [&](auto const& table) {
        AppendCapacity(list, detail, table.first, table.second, kind);
    });
}

Outcome<std::string> PerformTransactWrite(Engine& engine, Value const& json) {
    auto const input = ToTransactWrite(json);
    if (!input) return Refuse(input.error());
    auto output = engine.TransactWrite(*input);
    if (!output) return Refuse(std::move(output.error()));
    CapacityDetail const detail = WantedCapacity(json);
    std::string out;
    {
        ObjectWriter writer(out);
        AppendTransactCapacity(writer, detail, output->units, output->repeated ? "Read" : "Write");
    }
    return out;
}

Outcome<std::string> PerformTransactGet(Engine& engine, Value const& json) {
    auto const inputs = ToTransactGet(json);
    auto output = engine.TransactGet(inputs);
    if (!output) return Refuse(std::move(output.error()));
    std::map<std::string, double, std::less<>> units;
    for (std::size_t i = 0; i < inputs.size(); ++i) units[inputs[i].table] += (*output)[i].units;
    std::string out;
    {
        ObjectWriter writer(out);
        AppendTransactCapacity(writer, WantedCapacity(json), units, "Read");
        AppendArray(writer.Key("Responses"), *output, [&](GetOutput const& one) {
            out += PerformGet(one, {}, CapacityDetail::kNone);
        });
    }
    return out;
}

Outcome<std::string> PerformTable(Engine& engine, std::string_view operation, Value const& json) {
    std::string const name = Text(json, "TableName");
    if (operation == "DescribeTable") {
        auto const table = engine.DescribeTable(name);
        if (!table) return Refuse(table.error());
        return "{\"Table\":" + TableJson(**table, "ACTIVE") + "}";
    }
    if (operation == "DeleteTable") {
        auto const table = engine.DeleteTable(name);
        if (!table) return Refuse(table.error());
        return "{\"TableDescription\":" + TableJson(*table, "DELETING") + "}";
    }
    auto settings = ToTableSettings(json);
    if (!settings) return Refuse(std::move(settings.error()));
    auto const table = engine.CreateTable(std::move(*settings));
    if (!table) return Refuse(table.error());
    return "{\"TableDescription\":" + TableJson(**table, "ACTIVE") + "}";
}

std::string PerformListTables(Engine const& engine, Value const& json) {
    constexpr std::size_t kDefaultLimit = 100;
    Value const* limit = Member(json, "Limit");
    auto const list =
        engine.ListTables(Text(json, "ExclusiveStartTableName"),
                          limit ? static_cast<std::size_t>(ToInteger(*limit)) : kDefaultLimit);
    std::vector<Value> names;
    for (std::string const& name : list.names) names.emplace_back(name);
    std::string out;
    {
        ObjectWriter writer(out);
        Value::Array(std::move(names)).AppendJson(writer.Key("TableNames"));
        if (list.more) writer.Text("LastEvaluatedTableName", list.names.back());
    }
    return out;
}

HttpHeaders Headers(std::string const& body) {
    auto const crc =
        crc32(0, reinterpret_cast<Bytef const*>(body.data()), static_cast<uInt>(body.size()));
    return {{"Content-Type", "application/x-amz-json-1.0"},
            {"x-amzn-RequestId", base::RandomUuid()},
            {"x-amz-crc32", std::to_string(crc)}};
}

std::string_view NameSpaceOf(std::string_view code) {
    if (code == "ValidationException") return "com.amazon.coral.validate#";
    if (code == "ThrottlingException") return "com.amazon.coral.availability#";
    for (std::string_view const coral :
         {"SerializationException", "UnknownOperationException", "AccessDeniedException",
          "UnrecognizedClientException", "InvalidSignatureException",
          "IncompleteSignatureException", "MissingAuthenticationTokenException",
          "ServiceUnavailableException", "InternalFailureException"}) {
        if (code == coral) return "com.amazon.coral.service#";
    }
    return "com.amazonaws.dynamodb.v20120810#";
}

}  // namespace

std::string_view OperationOf(std::string_view target) {
    if (!target.starts_with(kTargetPrefix)) return {};
    target.remove_prefix(kTargetPrefix.size());
    return FindShape(target) ? target : std::string_view();
}

Outcome<std::string> Perform(Engine& engine, std::string_view operation, Value const& parameters,
                             std::size_t unprocessed) {
    Shape const* shape = FindShape(operation);
    if (!shape) return Refuse("UnknownOperationException", "");
    if (!parameters.IsObject()) return Refuse("SerializationException", "");
    if (std::string problem = CheckTypes(parameters, *shape); !problem.empty()) {
        return Refuse("SerializationException", std::move(problem));
    }
    if (std::string problem = CheckConstraints(parameters, *shape); !problem.empty()) {
        return Invalid(std::move(problem));
    }
    CapacityDetail const detail = WantedCapacity(parameters);
    if (operation == "GetItem") {
        GetInput const input = ToGet(parameters);
        auto output = engine.Get(input);
        if (!output) return Refuse(std::move(output.error()));
        return PerformGet(*output, input.table, detail);
    }
    if (operation == "PutItem") return PerformWrite(engine, parameters, WriteInput::Kind::kPut);
    if (operation == "DeleteItem")
        return PerformWrite(engine, parameters, WriteInput::Kind::kDelete);
    if (operation == "UpdateItem")
        return PerformWrite(engine, parameters, WriteInput::Kind::kUpdate);
    if (operation == "Query" || operation == "Scan") {
        QueryInput const input = ToQuery(parameters, operation == "Scan");
        auto output = engine.Query(input);
        if (!output) return Refuse(std::move(output.error()));
        return QueryJson(*output, input, detail);
    }
    if (operation == "BatchGetItem") {
        BatchGetInput input = ToBatchGet(parameters);
        input.unprocessed = unprocessed;
        auto output = engine.BatchGet(input);
        if (!output) return Refuse(std::move(output.error()));
        return BatchGetJson(*output, input, detail);
    }
    if (operation == "BatchWriteItem") {
        BatchWriteInput input = ToBatchWrite(parameters);
        input.unprocessed = unprocessed;
        auto output = engine.BatchWrite(input);
        if (!output) return Refuse(std::move(output.error()));
        return BatchWriteJson(*output, input, detail);
    }
    if (operation == "TransactWriteItems") return PerformTransactWrite(engine, parameters);
    if (operation == "TransactGetItems") return PerformTransactGet(engine, parameters);
    if (operation == "ListTables") return PerformListTables(engine, parameters);
    if (auto outcome = PerformSettings(engine, operation, parameters)) return std::move(*outcome);
    return PerformTable(engine, operation, parameters);
}

HttpResponse ToHttp(std::string body) {
    HttpResponse response;
    response.status = 200;
    response.headers = Headers(body);
    response.body = std::move(body);
    return response;
}

HttpResponse ToHttp(ServiceError const& error) {
    std::string out;
    {
        ObjectWriter writer(out);
        writer.Text("__type", std::string(NameSpaceOf(error.code)) + error.code);
        // Refusals of the framework below the service spell it with a capital.
        bool const capital =
            error.code == "SerializationException" || error.code == "TransactionCanceledException";
        if (!error.message.empty()) writer.Text(capital ? "Message" : "message", error.message);
        if (error.item) writer.Attributes("Item", *error.item);
        if (!error.reasons.empty()) {
            std::string& list = writer.Key("CancellationReasons");
            list += '[';
            for (std::size_t i = 0; i < error.reasons.size(); ++i) {
                if (i > 0) list += ',';
                CancellationReason const& reason = error.reasons[i];
                ObjectWriter one(list);
                one.Text("Code", reason.code);
                if (!reason.message.empty()) one.Text("Message", reason.message);
                if (reason.item) one.Attributes("Item", *reason.item);
            }
            list += ']';
        }
    }
    HttpResponse response;
    response.status = error.http_status;
    response.headers = Headers(out);
    response.body = std::move(out);
    return response;
}

}  // namespace lddynamo::dynamodb::memory
