#include "dynamodb/memory/engine.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

tl::unexpected<ServiceError> NoSuchTableNamed(std::string const& name) {
    return Refuse("ResourceNotFoundException",
                  "Requested resource not found: Table: " + name + " not found");
}

double SecondsSinceEpoch() {
    auto const now = std::chrono::system_clock::now().time_since_epoch();
    auto const millis = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    return static_cast<double>(millis) / 1000.0;
}

}  // namespace

std::string CheckTableName(std::string_view name, std::string_view member) {
    auto const allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '.' || c == '-';
    };
    std::vector<std::string> problems;
    std::string const where = "Value '" + std::string(name.substr(0, 1000)) + "' at '" +
                              std::string(member) + "' failed to satisfy constraint: ";
    if (name.empty() || !std::all_of(name.begin(), name.end(), allowed)) {
        problems.push_back(where +
                           "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
    }
    if (name.size() < 3) {
        problems.push_back(where + "Member must have length greater than or equal to 3");
    }
    if (name.size() > 255) {
        problems.push_back(where + "Member must have length less than or equal to 255");
    }
    if (problems.empty()) return {};
    std::string text = std::to_string(problems.size()) + " validation error" +
                       (problems.size() > 1 ? "s" : "") + " detected: ";
    for (std::size_t i = 0; i < problems.size(); ++i) text += (i > 0 ? "; " : "") + problems[i];
    return text;
}

Table* Engine::FindTable(std::string_view name) {
    auto const it = tables_.find(name);
    return it == tables_.end() ? nullptr : &it->second;
}

Table const* Engine::FindTable(std::string_view name) const {
    auto const it = tables_.find(name);
    return it == tables_.end() ? nullptr : &it->second;
}

Outcome<Table const*> Engine::CreateTable(TableSettings settings) {
    if (std::string problem = CheckTableName(settings.name, "tableName"); !problem.empty()) {
        return Invalid(problem);
    }
    if (FindTable(settings.name)) {
        return Refuse("ResourceInUseException", "Table already exists: " + settings.name);
    }
    Table table(std::move(settings), SecondsSinceEpoch(), base::RandomUuid());
    if (!Keep({{Change::Kind::kPutTable, &table}})) return NotKept();
    std::string const name = table.Settings().name;
    return &tables_.emplace(name, std::move(table)).first->second;
}

Outcome<Table const*> Engine::ChangeTable(TableSettings settings) {
    Table* table = FindTable(settings.name);
    if (!table) return NoSuchTableNamed(settings.name);
    Table const renewed(settings, table->CreationTime(), table->Id());
    if (!Keep({{Change::Kind::kPutTable, &renewed}})) return NotKept();
    table->ChangeSettings(std::move(settings));
    return table;
}

Outcome<Table const*> Engine::DescribeTable(std::string const& name) const {
    Table const* table = FindTable(name);
    if (!table) return NoSuchTableNamed(name);
    return table;
}

Outcome<Table> Engine::DeleteTable(std::string const& name) {
    auto const it = tables_.find(name);
    if (it == tables_.end()) return NoSuchTableNamed(name);
    if (it->second.Settings().deletion_protection) {
        return Invalid(
            "Resource cannot be deleted as it is currently protected against deletion. "
            "Disable deletion protection first.");
    }
    if (!Keep({{Change::Kind::kDropTable, &it->second}})) return NotKept();
    Table table = std::move(it->second);
    tables_.erase(it);
    return table;
}

Engine::TableNames Engine::ListTables(std::string const& after, std::size_t limit) const {
    TableNames list;
    for (auto it = tables_.upper_bound(after); it != tables_.end(); ++it) {
        if (list.names.size() == limit) {
            list.more = true;
            break;
        }
        list.names.push_back(it->first);
    }
    return list;
}

std::size_t Engine::Bytes() const noexcept {
    std::size_t bytes = 0;
    for (auto const& [name, table] : tables_) bytes += table.Bytes();
    return bytes;
}

bool Engine::RestoreTable(TableSettings settings, double creation_time, std::string id) {
    if (Table* table = FindTable(settings.name)) {
        if (table->Id() != id) return false;
        table->ChangeSettings(std::move(settings));
        return true;
    }
    std::string const name = settings.name;
    tables_.emplace(name, Table(std::move(settings), creation_time, std::move(id)));
    return true;
}

bool Engine::RestoreNoTable(std::string_view name) {
    auto const it = tables_.find(name);
    if (it == tables_.end()) return false;
    tables_.erase(it);
    return true;
}

bool Engine::RestoreRow(std::string_view name, Item item) {
    Table* table = FindTable(name);
    if (!table || !table->CheckItem(item).empty()) return false;
    RowKey const key = table->KeyOf(item);
    table->Put(key, std::move(item));
    return true;
}

bool Engine::RestoreNoRow(std::string_view name, Item const& key) {
    Table* table = FindTable(name);
    if (!table || !table->CheckKey(key).empty()) return false;
    table->Erase(table->KeyOf(key));
    return true;
}

std::vector<Item> Engine::Rows(std::string const& name) const {
    std::vector<Item> rows;
    Table const* table = FindTable(name);
    if (!table) return rows;
    rows.reserve(table->ItemCount());
    for (auto const& [key, partition] : table->Partitions()) {
        for (auto const& [sort, row] : partition) rows.push_back(row.item);
    }
    return rows;
}

}  // namespace lddynamo::dynamodb::memory
