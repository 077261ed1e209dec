#include "dynamodb/memory/engine.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

constexpr std::size_t kMaxActions = 100;
constexpr std::size_t kMaxBytes = std::size_t{4} * 1024 * 1024;
constexpr auto kTokenLife = std::chrono::minutes(10);

tl::unexpected<ServiceError> CheckCount(std::size_t count) {
    return Invalid(
        "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: "
        "Member must have length " +
        std::string(count < 1 ? "greater than or equal to 1" : "less than or equal to 100"));
}

tl::unexpected<ServiceError> Cancelled(std::vector<CancellationReason> reasons) {
    ServiceError error;
    error.code = "TransactionCanceledException";
    error.message =
        "Transaction cancelled, please refer cancellation reasons for specific reasons [";
    for (std::size_t i = 0; i < reasons.size(); ++i) {
        error.message += (i > 0 ? ", " : "") + reasons[i].code;
    }
    error.message += ']';
    error.reasons = std::move(reasons);
    return Refuse(std::move(error));
}

CancellationReason ReasonOf(ServiceError error) {
    bool const condition = error.code == "ConditionalCheckFailedException";
    return {condition ? "ConditionalCheckFailed" : "ValidationError", std::move(error.message),
            std::move(error.item)};
}

/// Empty and oversized keys are refused before the transaction begins, other faults cancel it.
bool IsAboutKeyBytes(std::string const& message) {
    return message.find("for a key attribute cannot contain an empty") != std::string::npos ||
           message.find("has exceeded the maximum size limit of2048") != std::string::npos ||
           message.find("has exceeded the size limit of 1024") != std::string::npos;
}

}  // namespace

void Engine::ForgetOldTokens() {
    auto const now = std::chrono::steady_clock::now();
    std::erase_if(tokens_, [&](auto const& token) { return now - token.second.when > kTokenLife; });
}

Outcome<TransactWriteOutput> Engine::TransactWrite(TransactWriteInput const& input) {
    if (input.actions.empty() || input.actions.size() > kMaxActions) {
        return CheckCount(input.actions.size());
    }
    std::vector<ParsedExpressions> expressions;
    std::size_t bytes = 0;
    for (WriteInput const& action : input.actions) {
        auto parsed = CheckWrite(action);
        if (!parsed) return Refuse(std::move(parsed.error()));
        expressions.push_back(std::move(*parsed));
        bytes += ItemSize(action.item.item);
    }
    if (bytes > kMaxBytes) {
        return Invalid(
            "Collection size of items exceeded, which can also be caused by the aggregate "
            "size of the items in the transaction exceeding the 4MB limit");
    }
    std::vector<CancellationReason> reasons(input.actions.size());
    std::vector<PreparedWrite> writes(input.actions.size());
    bool cancelled = false;
    std::set<std::pair<Table const*, RowKey>> seen;
    for (std::size_t i = 0; i < input.actions.size(); ++i) {
        auto write = Prepare(input.actions[i], std::move(expressions[i]));
        if (!write) {
            ServiceError& error = write.error();
            if (error.code != "ValidationException" || IsAboutKeyBytes(error.message)) {
                return Refuse(std::move(error));
            }
            reasons[i] = ReasonOf(std::move(error));
            cancelled = true;
            continue;
        }
        if (!seen.insert({write->table, write->key}).second) {
            return Invalid("Transaction request cannot include multiple operations on one item");
        }
        writes[i] = std::move(*write);
    }
    if (cancelled) return Cancelled(std::move(reasons));

    TransactWriteOutput output;
    ForgetOldTokens();
    if (auto const used = tokens_.find(input.token);
        !input.token.empty() && used != tokens_.end()) {
        if (used->second.fingerprint == input.fingerprint) return output;  // done before
        return Refuse("IdempotentParameterMismatchException",
                      "A previous request with this client token had different parameters");
    }
    std::vector<Effect> effects(input.actions.size());
    for (std::size_t i = 0; i < input.actions.size(); ++i) {
        auto effect = Plan(input.actions[i], writes[i]);
        if (effect) {
            effects[i] = std::move(*effect);
        } else {
            reasons[i] = ReasonOf(std::move(effect.error()));
            cancelled = true;
        }
    }
    if (cancelled) return Cancelled(std::move(reasons));
    std::vector<Change> changes;
    for (std::size_t i = 0; i < input.actions.size(); ++i) {
        AddChange(changes, input.actions[i], writes[i], effects[i]);
    }
    if (!Keep(changes)) return NotKept();
    for (std::size_t i = 0; i < input.actions.size(); ++i) {
        output.units[input.actions[i].table] += 2 * Commit(writes[i], effects[i]);
    }
    if (!input.token.empty()) {
        tokens_[input.token] = {input.fingerprint, std::chrono::steady_clock::now()};
    }
    return output;
}

Outcome<std::vector<GetOutput>> Engine::TransactGet(std::vector<GetInput> const& inputs) const {
    if (inputs.empty() || inputs.size() > kMaxActions) return CheckCount(inputs.size());
    std::vector<GetOutput> outputs;
    std::vector<CancellationReason> reasons(inputs.size());
    bool cancelled = false;
    std::size_t bytes = 0;
    std::set<std::pair<std::string_view, RowKey>> seen;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        auto output = Get(inputs[i]);
        Table const* table = FindTable(inputs[i].table);
        if (!output) {
            ServiceError& error = output.error();
            if (error.message != kKeyMismatch) return Refuse(std::move(error));
            reasons[i] = ReasonOf(std::move(error));
            cancelled = true;
            continue;
        }
        RowKey key = table->KeyOf(inputs[i].key.item);
        if (Row const* row = table->Find(key)) bytes += row->bytes;
        if (!seen.insert({inputs[i].table, std::move(key)}).second) {
            return Invalid("Transaction request cannot include multiple operations on one item");
        }
        output->units *= inputs[i].consistent ? 2 : 4;
        outputs.push_back(std::move(*output));
    }
    if (cancelled) return Cancelled(std::move(reasons));
    if (bytes > kMaxBytes) {
        return Invalid(
            "Collection size of items exceeded, which can also be caused by the aggregate "
            "size of the items in the transaction exceeding the 4MB limit");
    }
    return outputs;
}

}  // namespace lddynamo::dynamodb::memory
