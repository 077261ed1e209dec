#include "dynamodb/memory/engine.hpp"
#include "dynamodb/memory/evaluator.hpp"
#include "dynamodb/memory/legacy_update.hpp"
#include "dynamodb/memory/update_apply.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

double WrittenUnits(std::size_t before, std::size_t after) {
    std::size_t const bytes = std::max({before, after, std::size_t{1}});
    return static_cast<double>((bytes + 1023) / 1024);
}

tl::unexpected<ServiceError> ConditionFailed(WriteInput const& input, Item const* found) {
    ServiceError error;
    error.code = "ConditionalCheckFailedException";
    error.message = "The conditional request failed";
    if (input.old_on_failure && found) error.item = *found;
    return Refuse(std::move(error));
}

std::vector<Path> UpdatedPaths(WriteInput const& input, ParsedExpressions const& expressions) {
    std::vector<Path> paths;
    if (expressions.update) {
        for (UpdateAction const& action : expressions.update->actions) paths.push_back(action.path);
    } else if (input.updates) {
        for (auto const& [name, update] : *input.updates) paths.push_back({name});
    }
    return paths;
}

std::string CheckUpdatesOfKeys(WriteInput const& input, ParsedExpressions const& expressions,
                               Table const& table) {
    std::vector<Path> const paths = UpdatedPaths(input, expressions);
    for (std::string const* key : {&table.Keys().partition_key, &table.Keys().sort_key}) {
        bool const updated = std::any_of(paths.begin(), paths.end(),
                                         [&](Path const& path) { return PathHead(path) == *key; });
        if (updated) {
            return "One or more parameter values were invalid: Cannot update attribute " + *key +
                   ". This attribute is part of the key";
        }
    }
    return expressions.update ? CheckKeyPaths(expressions.update->use, table) : std::string();
}

}  // namespace

std::string CheckKeyPaths(PathUse const& use, Table const& table) {
    for (std::string const* key : {&table.Keys().partition_key, &table.Keys().sort_key}) {
        if (use.nested.contains(*key)) {
            return "Key attributes must be scalars; list random access '[]' and map lookup '.' are "
                   "not "
                   "allowed: Key: " +
                   *key;
        }
    }
    return {};
}

std::string CheckAttributesToGet(std::optional<std::vector<std::string>> const& attributes) {
    if (!attributes) return {};
    std::set<std::string_view> seen;
    for (std::string const& name : *attributes) {
        if (!seen.insert(name).second) {
            return "One or more parameter values were invalid: Duplicate value in attribute "
                   "name: " +
                   name;
        }
    }
    return {};
}

Item Narrow(std::optional<Projection> const& projection,
            std::optional<std::vector<std::string>> const& attributes, Item const& item) {
    if (projection) return Project(projection->paths, item);
    if (!attributes) return item;
    Item kept;
    for (std::string const& name : *attributes) {
        if (auto const* value = FindAttribute(item, name)) kept.emplace(name, *value);
    }
    return kept;
}

double ReadUnits(std::size_t bytes, bool consistent) {
    std::size_t const blocks = std::max<std::size_t>(1, (bytes + 4095) / 4096);
    return static_cast<double>(blocks) * (consistent ? 1.0 : 0.5);
}

Outcome<GetOutput> Engine::Get(GetInput const& input) const {
    if (std::string problem = CheckTableName(input.table, "tableName"); !problem.empty()) {
        return Invalid(problem);
    }
    if (std::string problem = CheckMix(
            input.expressions, {{"ProjectionExpression", input.expressions.projection.has_value()}},
            {{"AttributesToGet", input.attributes_to_get.has_value()}});
        !problem.empty()) {
        return Invalid(problem);
    }
    if (!input.key.flaw.empty()) return Invalid(input.key.flaw);
    if (std::string problem = CheckAttributesToGet(input.attributes_to_get); !problem.empty()) {
        return Invalid(problem);
    }
    auto const expressions = ParseExpressions(input.expressions);
    if (!expressions) return Refuse(expressions.error());
    Table const* table = FindTable(input.table);
    if (!table) return NoSuchTable();
    if (std::string problem = table->CheckKey(input.key.item); !problem.empty()) {
        return Invalid(problem);
    }
    if (expressions->projection) {
        if (std::string problem = CheckKeyPaths(expressions->projection->use, *table);
            !problem.empty()) {
            return Invalid(problem);
        }
    }
    GetOutput output;
    Row const* row = table->Find(table->KeyOf(input.key.item));
    if (row) output.item = Narrow(expressions->projection, input.attributes_to_get, row->item);
    output.units = ReadUnits(row ? row->bytes : 0, input.consistent);
    return output;
}

Outcome<ParsedExpressions> Engine::CheckWrite(WriteInput const& input) {
    using Kind = WriteInput::Kind;
    ExpressionTexts const& texts = input.expressions;
    if (std::string problem = CheckTableName(input.table, "tableName"); !problem.empty()) {
        return Invalid(problem);
    }
    Presence const condition{"ConditionExpression", texts.condition.has_value()};
    Presence const expected{"Expected", input.expected.has_value()};
    std::string problem =
        input.kind == Kind::kUpdate
            ? CheckMix(texts, {{"UpdateExpression", texts.update.has_value()}, condition},
                       {{"AttributeUpdates", input.updates.has_value()}, expected})
            : CheckMix(texts, {condition}, {expected});
    if (!problem.empty()) return Invalid(problem);
    if (!input.item.flaw.empty()) return Invalid(input.item.flaw);
    if (input.kind != Kind::kUpdate && input.return_values != "NONE" &&
        input.return_values != "ALL_OLD") {
        return Invalid("ReturnValues can only be ALL_OLD or NONE");
    }
    if (input.kind == Kind::kPut && ItemSize(input.item.item) > kMaxItemBytes) {
        return Invalid("Item size has exceeded the maximum allowed size");
    }
    if (input.updates) {
        if (problem = CheckLegacyUpdates(*input.updates); !problem.empty()) return Invalid(problem);
    }
    if (input.expected) {
        if (problem = CheckExpectations(*input.expected); !problem.empty()) return Invalid(problem);
    }
    return ParseExpressions(texts);
}

Outcome<Engine::PreparedWrite> Engine::Prepare(WriteInput const& input,
                                               ParsedExpressions expressions) {
    PreparedWrite write;
    write.table = FindTable(input.table);
    if (!write.table) return NoSuchTable();
    Item const& item = input.item.item;
    bool const put = input.kind == WriteInput::Kind::kPut;
    std::string problem = put ? write.table->CheckItem(item) : write.table->CheckKey(item);
    if (problem.empty() && input.kind == WriteInput::Kind::kUpdate) {
        problem = CheckUpdatesOfKeys(input, expressions, *write.table);
    }
    if (problem.empty() && expressions.condition) {
        problem = CheckKeyPaths(expressions.condition->paths, *write.table);
    }
    if (!problem.empty()) return Invalid(problem);
    write.key = write.table->KeyOf(item);
    if (expressions.condition) {
        write.condition = std::move(expressions.condition->root);
    } else if (input.expected) {
        write.condition = ToNode(*input.expected, input.any_expectation);
    }
    write.expressions = std::move(expressions);
    return write;
}

Outcome<Engine::Effect> Engine::Plan(WriteInput const& input, PreparedWrite const& write) {
    using Kind = WriteInput::Kind;
    Effect effect;
    Row const* row = write.table->Find(write.key);
    effect.before = row ? &row->item : nullptr;
    static Item const kNoItem;
    if (write.condition && !Matches(*write.condition, effect.before ? *effect.before : kNoItem)) {
        return ConditionFailed(input, effect.before);
    }
    effect.changes = input.kind != Kind::kConditionCheck;
    if (input.kind == Kind::kPut) effect.after = input.item.item;
    if (input.kind != Kind::kUpdate) return effect;
    Item item = effect.before ? *effect.before : input.item.item;
    std::string problem;
    if (write.expressions.update) {
        problem = Apply(*write.expressions.update, item);
    } else if (input.updates) {
        problem = ApplyLegacyUpdates(*input.updates, item);
    }
    if (!problem.empty()) return Invalid(problem);
    CheckedItem checked = Check(std::move(item));
    if (!checked.flaw.empty()) return Invalid(checked.flaw);
    if (ItemSize(checked.item) > kMaxItemBytes) {
        return Invalid("Item size to update has exceeded the maximum allowed size");
    }
    effect.after = std::move(checked.item);
    return effect;
}

double Engine::Commit(PreparedWrite const& write, Effect& effect) {
    std::size_t const before = effect.before ? ItemSize(*effect.before) : 0;
    std::size_t const after = effect.after ? ItemSize(*effect.after) : 0;
    if (effect.changes && effect.after) {
        write.table->Put(write.key, std::move(*effect.after));
    } else if (effect.changes) {
        write.table->Erase(write.key);
    }
    return WrittenUnits(before, after);
}

void Engine::AddChange(std::vector<Change>& changes, WriteInput const& input,
                       PreparedWrite const& write, Effect const& effect) {
    if (!effect.changes) return;
    if (effect.after) {
        changes.push_back({Change::Kind::kPutRow, write.table, &*effect.after});
    } else if (effect.before) {
        changes.push_back({Change::Kind::kEraseRow, write.table, &input.item.item});
    }
}

Outcome<WriteOutput> Engine::Write(WriteInput const& input) {
    auto expressions = CheckWrite(input);
    if (!expressions) return Refuse(std::move(expressions.error()));
    auto const write = Prepare(input, std::move(*expressions));
    if (!write) return Refuse(write.error());
    auto effect = Plan(input, *write);
    if (!effect) return Refuse(std::move(effect.error()));
    std::vector<Change> changes;
    AddChange(changes, input, *write, *effect);
    if (!Keep(changes)) return NotKept();
    WriteOutput output;
    std::string const& wanted = input.return_values;
    if (wanted == "ALL_OLD" && effect->before) output.attributes = *effect->before;
    if (wanted == "ALL_NEW" && effect->after) output.attributes = *effect->after;
    if (wanted == "UPDATED_OLD" && effect->before) {
        output.attributes = Project(UpdatedPaths(input, write->expressions), *effect->before);
    }
    if (wanted == "UPDATED_NEW" && effect->after) {
        output.attributes = Project(UpdatedPaths(input, write->expressions), *effect->after);
    }
    if (output.attributes && output.attributes->empty()) output.attributes.reset();
    output.units = Commit(*write, *effect);
    return output;
}

}  // namespace lddynamo::dynamodb::memory
