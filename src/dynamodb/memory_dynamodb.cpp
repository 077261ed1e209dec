#include <lddynamo/testing/memory_dynamodb.hpp>

#include "dynamodb/attribute_json.hpp"
#include "dynamodb/memory/engine.hpp"
#include "dynamodb/memory/typed_requests.hpp"
#include "dynamodb/memory/wire.hpp"

#include <exception>
#include <map>
#include <mutex>
#include <utility>

namespace lddynamo::test_support {
namespace memory = dynamodb::memory;

struct MemoryDynamoDb::State {
    using Faults = std::function<std::optional<Fault>(std::string_view)>;

    mutable std::mutex engine_mutex{};
    memory::Engine engine{};  ///< guarded by engine_mutex
    mutable std::mutex mutex{};
    std::map<std::string, std::size_t, std::less<>> counts{};  ///< guarded by mutex
    std::shared_ptr<Faults const> faults{};                    ///< guarded by mutex
    /// Held during a call of the script. Recursive, as a script may call operations itself.
    std::recursive_mutex script_mutex{};

    /// Counts the operation and asks the script about it.
    Fault Begin(std::string_view operation) {
        std::shared_ptr<Faults const> script;
        {
            std::lock_guard const lock(mutex);
            ++counts[std::string(operation)];
            ++counts[""];
            script = faults;
        }
        if (!script || !*script) return {};
        std::lock_guard const lock(script_mutex);
        try {
            return (*script)(operation).value_or(Fault{});
        } catch (std::exception const& exception) {
            Fault fault;
            fault.error.emplace();
            fault.error->message = std::string("the fault script threw: ") + exception.what();
            return fault;
        } catch (...) {
            Fault fault;
            fault.error.emplace();
            fault.error->message = "the fault script threw";
            return fault;
        }
    }

    /// One operation: counted, perhaps failing by script, and done under the lock.
    /// @param perform  (engine, unprocessed) -> Outcome of anything.
    template <class Perform>
    auto Run(std::string_view operation, Perform const& perform)
        -> Result<decltype(perform(engine, std::size_t{0}))> {
        Fault fault = Begin(operation);
        if (fault.error) return Fail(std::move(*fault.error));
        std::unique_lock lock(engine_mutex);
        auto outcome = perform(engine, fault.unprocessed);
        lock.unlock();
        if (fault.error_after) return Fail(std::move(*fault.error_after));
        return outcome;
    }
};

MemoryDynamoDb::MemoryDynamoDb() : state_(std::make_unique<State>()) {
}
MemoryDynamoDb::~MemoryDynamoDb() = default;

void MemoryDynamoDb::SetFaults(
    std::function<std::optional<Fault>(std::string_view operation)> faults) {
    auto script = std::make_shared<State::Faults const>(std::move(faults));
    std::lock_guard const lock(state_->mutex);
    state_->faults.swap(script);
}

std::vector<Item> MemoryDynamoDb::Rows(std::string const& table) const {
    std::lock_guard const lock(state_->engine_mutex);
    return state_->engine.Rows(table);
}

std::size_t MemoryDynamoDb::CallCount(std::string_view operation) const {
    std::lock_guard const lock(state_->mutex);
    auto const it = state_->counts.find(operation);
    return it == state_->counts.end() ? 0 : it->second;
}

HttpResponse MemoryDynamoDb::HandleWire(std::string_view target, std::string_view body) {
    if (body.size() > memory::kMaxBodyBytes) {
        HttpResponse response;
        response.status = 413;
        return response;
    }
    auto const refuse = [](std::string_view code) {
        memory::ServiceError error;
        error.code = code;
        return memory::ToHttp(error);
    };
    auto const parameters = body.empty() ? Result<Value>(Value()) : Value::Parse(body);
    if (!parameters) return refuse("SerializationException");
    std::string_view const operation = memory::OperationOf(target);
    if (operation.empty()) return refuse("UnknownOperationException");
    auto outcome = state_->Run(operation, [&](memory::Engine& engine, std::size_t unprocessed) {
        return memory::Perform(engine, operation, *parameters, unprocessed);
    });
    if (!outcome) return memory::ToHttp(memory::ToServiceError(outcome.error()));
    if (!*outcome) return memory::ToHttp(outcome->error());
    return memory::ToHttp(std::move(**outcome));
}

Result<GetItemResponse> MemoryDynamoDb::GetItem(GetItemRequest const& request) {
    auto outcome = state_->Run("GetItem", [&](memory::Engine& engine, std::size_t) {
        return engine.Get(memory::ToInput(request));
    });
    if (!outcome) return Fail(std::move(outcome.error()));
    if (!*outcome) return Fail(memory::ToError(outcome->error()));
    return GetItemResponse{std::move((*outcome)->item)};
}

Result<QueryResponse> MemoryDynamoDb::Query(QueryRequest const& request) {
    auto outcome = state_->Run("Query", [&](memory::Engine& engine, std::size_t) {
        return engine.Query(memory::ToInput(request));
    });
    if (!outcome) return Fail(std::move(outcome.error()));
    if (!*outcome) return Fail(memory::ToError(outcome->error()));
    memory::QueryOutput& output = **outcome;
    return QueryResponse{std::move(output.items), std::move(output.last).value_or(Item{})};
}

Result<ScanResponse> MemoryDynamoDb::Scan(ScanRequest const& request) {
    auto outcome = state_->Run("Scan", [&](memory::Engine& engine, std::size_t) {
        return engine.Query(memory::ToInput(request));
    });
    if (!outcome) return Fail(std::move(outcome.error()));
    if (!*outcome) return Fail(memory::ToError(outcome->error()));
    memory::QueryOutput& output = **outcome;
    return ScanResponse{std::move(output.items), std::move(output.last).value_or(Item{})};
}

Result<BatchGetItemResponse> MemoryDynamoDb::BatchGetItem(BatchGetItemRequest const& request) {
    auto outcome =
        state_->Run("BatchGetItem", [&](memory::Engine& engine, std::size_t unprocessed) {
            memory::BatchGetInput input = memory::ToInput(request);
            input.unprocessed = unprocessed;
            return engine.BatchGet(input);
        });
    if (!outcome) return Fail(std::move(outcome.error()));
    if (!*outcome) return Fail(memory::ToError(outcome->error()));
    auto& table = (*outcome)->tables.front();
    BatchGetItemResponse response;
    response.items = std::move(table.items);
    for (std::size_t const i : table.unprocessed)
        response.unprocessed_keys.push_back(request.keys[i]);
    return response;
}

namespace {

Result<WriteResponse> ToResponse(Result<memory::Outcome<memory::WriteOutput>> outcome) {
    if (!outcome) return Fail(std::move(outcome.error()));
    if (*outcome) return WriteResponse{};
    memory::ServiceError& error = outcome->error();
    if (error.code != "ConditionalCheckFailedException") return Fail(memory::ToError(error));
    WriteResponse response;
    response.condition_failed = true;
    response.old_item = std::move(error.item);
    return response;
}

}  // namespace

Result<WriteResponse> MemoryDynamoDb::PutItem(PutItemRequest const& request) {
    return ToResponse(state_->Run("PutItem", [&](memory::Engine& engine, std::size_t) {
        return engine.Write(memory::ToInput(request));
    }));
}

Result<WriteResponse> MemoryDynamoDb::DeleteItem(DeleteItemRequest const& request) {
    return ToResponse(state_->Run("DeleteItem", [&](memory::Engine& engine, std::size_t) {
        return engine.Write(memory::ToInput(request));
    }));
}

Result<BatchWriteItemResponse> MemoryDynamoDb::BatchWriteItem(
    BatchWriteItemRequest const& request) {
    auto outcome =
        state_->Run("BatchWriteItem", [&](memory::Engine& engine, std::size_t unprocessed) {
            memory::BatchWriteInput input = memory::ToInput(request);
            input.unprocessed = unprocessed;
            return engine.BatchWrite(input);
        });
    if (!outcome) return Fail(std::move(outcome.error()));
    if (!*outcome) return Fail(memory::ToError(outcome->error()));
    BatchWriteItemResponse response;
    for (std::size_t const i : (*outcome)->tables.front().unprocessed) {
        response.unprocessed.push_back(request.writes[i]);
    }
    return response;
}

Status MemoryDynamoDb::TransactWriteItems(TransactWriteItemsRequest const& request) {
    auto outcome = state_->Run("TransactWriteItems", [&](memory::Engine& engine, std::size_t) {
        return engine.TransactWrite(memory::ToInput(request));
    });
    if (!outcome) return Fail(std::move(outcome.error()));
    if (!*outcome) return Fail(memory::ToError(outcome->error()));
    return {};
}

Result<TableDescription> MemoryDynamoDb::DescribeTable(std::string const& table) {
    auto outcome = state_->Run("DescribeTable", [&](memory::Engine& engine, std::size_t) {
        return memory::Described(engine.DescribeTable(table));
    });
    if (!outcome) return Fail(std::move(outcome.error()));
    if (!*outcome) return Fail(memory::ToError(outcome->error()));
    return std::move(**outcome);
}

Result<TableDescription> MemoryDynamoDb::CreateTable(CreateTableRequest const& request) {
    auto outcome =
        state_->Run("CreateTable",
                    [&](memory::Engine& engine, std::size_t) -> memory::Outcome<TableDescription> {
                        auto settings = memory::ToSettings(request);
                        if (!settings) return memory::Refuse(std::move(settings.error()));
                        return memory::Described(engine.CreateTable(std::move(*settings)));
                    });
    if (!outcome) return Fail(std::move(outcome.error()));
    if (!*outcome) return Fail(memory::ToError(outcome->error()));
    return std::move(**outcome);
}

Status MemoryDynamoDb::DeleteTable(std::string const& table) {
    auto outcome = state_->Run("DeleteTable", [&](memory::Engine& engine, std::size_t) {
        return engine.DeleteTable(table);
    });
    if (!outcome) return Fail(std::move(outcome.error()));
    if (!*outcome) return Fail(memory::ToError(outcome->error()));
    return {};
}

}  // namespace lddynamo::test_support
