#include "dynamodb/memory/engine.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

constexpr std::size_t kMaxBatchKeys = 100;
constexpr std::size_t kMaxBatchWrites = 25;
constexpr std::size_t kMaxBatchBytes = std::size_t{16} * 1024 * 1024;
/// Of rows of one partition, in one BatchGetItem.
constexpr std::size_t kMaxPartitionBytes = std::size_t{1024} * 1024;
constexpr std::string_view kDuplicates = "Provided list of item keys contains duplicates";

tl::unexpected<ServiceError> WrongLength(std::string_view constraint) {
    return Invalid(
        "1 validation error detected: Value at 'requestItems' failed to satisfy constraint: " +
        std::string(constraint));
}

/// A key as text that tells rows of any schema apart.
std::string KeyText(Item const& key) {
    std::string text;
    for (auto const& [name, value] : key) {
        std::string const bytes = SortableKey(value);
        for (std::string_view const part :
             {std::string_view(name), value.TypeName(), std::string_view(bytes)}) {
            text += std::to_string(part.size()) + ':';
            text += part;
        }
    }
    return text;
}

}  // namespace

Outcome<BatchGetOutput> Engine::BatchGet(BatchGetInput const& input) const {
    if (input.tables.empty()) {
        return WrongLength("Member must have length greater than or equal to 1");
    }
    std::size_t total = 0;
    std::vector<ParsedExpressions> expressions;
    for (BatchGetTable const& request : input.tables) {
        if (std::string problem = CheckTableName(request.table, "requestItems"); !problem.empty()) {
            return Invalid(problem);
        }
        if (request.keys.empty()) {
            return WrongLength("Member must have length greater than or equal to 1");
        }
        if (request.keys.size() > kMaxBatchKeys) {
            return WrongLength("Member must have length less than or equal to 100");
        }
        if (std::string problem =
                CheckMix(request.expressions,
                         {{"ProjectionExpression", request.expressions.projection.has_value()}},
                         {{"AttributesToGet", request.attributes_to_get.has_value()}});
            !problem.empty()) {
            return Invalid(problem);
        }
        if (std::string problem = CheckAttributesToGet(request.attributes_to_get);
            !problem.empty()) {
            return Invalid(problem);
        }
        auto parsed = ParseExpressions(request.expressions);
        if (!parsed) return Refuse(std::move(parsed.error()));
        expressions.push_back(std::move(*parsed));
        std::set<std::string> seen;
        for (CheckedItem const& key : request.keys) {
            if (!key.flaw.empty()) return Invalid(key.flaw);
            if (!seen.insert(KeyText(key.item)).second) return Invalid(std::string(kDuplicates));
            if (++total > kMaxBatchKeys) {
                return Invalid("Too many items requested for the BatchGetItem call");
            }
        }
    }
    std::vector<Table const*> tables;
    for (std::size_t t = 0; t < input.tables.size(); ++t) {
        Table const* table = FindTable(input.tables[t].table);
        if (!table) return NoSuchTable();
        for (CheckedItem const& key : input.tables[t].keys) {
            if (std::string problem = table->CheckKey(key.item); !problem.empty()) {
                return Invalid(problem);
            }
        }
        if (expressions[t].projection) {
            if (std::string problem = CheckKeyPaths(expressions[t].projection->use, *table);
                !problem.empty()) {
                return Invalid(problem);
            }
        }
        tables.push_back(table);
    }

    BatchGetOutput output;
    std::size_t position = 0;
    std::size_t bytes = 0;
    for (std::size_t t = 0; t < input.tables.size(); ++t) {
        BatchGetTable const& request = input.tables[t];
        auto& answer = output.tables.emplace_back();
        std::map<std::string, std::size_t> partition_bytes;
        for (std::size_t i = 0; i < request.keys.size(); ++i, ++position) {
            RowKey const key = tables[t]->KeyOf(request.keys[i].item);
            Row const* row = tables[t]->Find(key);
            std::size_t const size = row ? row->bytes : 0;
            std::size_t& of_partition = partition_bytes[key.partition];
            bool const scripted = position + input.unprocessed >= total;
            if (scripted || bytes + size > kMaxBatchBytes || of_partition >= kMaxPartitionBytes) {
                answer.unprocessed.push_back(i);
                continue;
            }
            bytes += size;
            of_partition += size;
            answer.units += ReadUnits(size, request.consistent);
            if (row) {
                answer.items.push_back(
                    Narrow(expressions[t].projection, request.attributes_to_get, row->item));
            }
        }
    }
    return output;
}

Outcome<BatchWriteOutput> Engine::BatchWrite(BatchWriteInput const& input) {
    if (input.tables.empty()) {
        return WrongLength("Member must have length greater than or equal to 1");
    }
    std::size_t total = 0;
    std::size_t bytes = 0;
    std::vector<std::vector<WriteInput>> writes;
    for (BatchWriteTable const& request : input.tables) {
        if (std::string problem = CheckTableName(request.table, "requestItems"); !problem.empty()) {
            return Invalid(problem);
        }
        if (request.entries.empty() || request.entries.size() > kMaxBatchWrites) {
            return WrongLength(
                "Map value must satisfy constraint: [Member must have length less than or equal to "
                "25, "
                "Member must have length greater than or equal to 1]");
        }
        total += request.entries.size();
        for (BatchWriteEntry const& entry : request.entries) {
            if (entry.put.has_value() == entry.remove.has_value()) {
                return Invalid(
                    "Supplied AttributeValue has more than one datatypes set, must contain "
                    "exactly one of the supported datatypes");
            }
        }
        auto& of_table = writes.emplace_back();
        for (BatchWriteEntry const& entry : request.entries) {
            WriteInput write;
            write.kind = entry.put ? WriteInput::Kind::kPut : WriteInput::Kind::kDelete;
            write.table = request.table;
            write.item = entry.put ? *entry.put : *entry.remove;
            if (!write.item.flaw.empty()) return Invalid(write.item.flaw);
            std::size_t const size = ItemSize(write.item.item);
            if (entry.put && size > kMaxItemBytes) {
                return Invalid("Item size has exceeded the maximum allowed size");
            }
            bytes += size;
            of_table.push_back(std::move(write));
        }
    }
    if (total > kMaxBatchWrites)
        return Invalid("Too many items requested for the BatchWriteItem call");
    if (bytes > kMaxBatchBytes) {
        return Invalid("Total size of the items in the request has exceeded the limit of 16 MB");
    }

    std::vector<std::vector<PreparedWrite>> prepared;
    for (auto const& of_table : writes) {
        std::set<RowKey> seen;
        auto& ready = prepared.emplace_back();
        for (WriteInput const& write : of_table) {
            auto one = Prepare(write, {});
            if (!one) {
                // Of a batch the service does not say which key attribute is wrong.
                std::string& message = one.error().message;
                if (message.find("Missing the key ") != std::string::npos ||
                    message.find("Type mismatch for key ") != std::string::npos) {
                    message = kKeyMismatch;
                }
                return Refuse(std::move(one.error()));
            }
            if (!seen.insert(one->key).second) return Invalid(std::string(kDuplicates));
            ready.push_back(std::move(*one));
        }
    }

    std::vector<std::vector<Effect>> effects;
    std::vector<Change> changes;
    std::size_t position = 0;
    for (std::size_t t = 0; t < writes.size(); ++t) {
        auto& of_table = effects.emplace_back();
        of_table.reserve(writes[t].size());  // changes refer to them
        for (std::size_t i = 0; i < writes[t].size(); ++i, ++position) {
            if (position + input.unprocessed >= total) break;
            auto effect = Plan(writes[t][i], prepared[t][i]);
            if (!effect) return Refuse(std::move(effect.error()));
            of_table.push_back(std::move(*effect));
            AddChange(changes, writes[t][i], prepared[t][i], of_table.back());
        }
    }
    if (!Keep(changes)) return NotKept();

    BatchWriteOutput output;
    for (std::size_t t = 0; t < writes.size(); ++t) {
        auto& answer = output.tables.emplace_back();
        for (std::size_t i = 0; i < writes[t].size(); ++i) {
            if (i < effects[t].size()) {
                answer.units += Commit(prepared[t][i], effects[t][i]);
            } else {
                answer.unprocessed.push_back(i);
            }
        }
    }
    return output;
}

}  // namespace lddynamo::dynamodb::memory
