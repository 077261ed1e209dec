/// @file
/// Engine: the tables and operations of the in-memory service.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/journal.hpp"
#include "dynamodb/memory/request_expressions.hpp"
#include "dynamodb/memory/requests.hpp"
#include "dynamodb/memory/service_error.hpp"
#include "dynamodb/memory/table.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::dynamodb::memory {

/// All tables of an account. Not thread-safe.
class Engine {
  public:
    /// Tables are ACTIVE at once.
    [[nodiscard]] Outcome<Table const*> CreateTable(TableSettings settings);
    [[nodiscard]] Outcome<Table const*> DescribeTable(std::string const& name) const;
    /// @return the table as it was.
    [[nodiscard]] Outcome<Table> DeleteTable(std::string const& name);
    /// Replaces the settings that may change: name and keys stay.
    [[nodiscard]] Outcome<Table const*> ChangeTable(TableSettings settings);
    struct TableNames {
        std::vector<std::string> names{};
        bool more = false;
    };
    [[nodiscard]] TableNames ListTables(std::string const& after, std::size_t limit) const;

    [[nodiscard]] Outcome<GetOutput> Get(GetInput const& input) const;
    [[nodiscard]] Outcome<WriteOutput> Write(WriteInput const& input);
    [[nodiscard]] Outcome<QueryOutput> Query(QueryInput const& input) const;
    [[nodiscard]] Outcome<BatchGetOutput> BatchGet(BatchGetInput const& input) const;
    [[nodiscard]] Outcome<BatchWriteOutput> BatchWrite(BatchWriteInput const& input);
    [[nodiscard]] Outcome<TransactWriteOutput> TransactWrite(TransactWriteInput const& input);
    [[nodiscard]] Outcome<std::vector<GetOutput>> TransactGet(
        std::vector<GetInput> const& inputs) const;

    /// Is told of every change from now on; nullptr: nobody.
    void SetJournal(Journal* journal) noexcept { journal_ = journal; }
    [[nodiscard]] std::map<std::string, Table, std::less<>> const& Tables() const noexcept {
        return tables_;
    }
    /// The bytes of all rows.
    [[nodiscard]] std::size_t Bytes() const noexcept;

    // What a journal kept, done again. @return false: it does not fit what is there.
    [[nodiscard]] bool RestoreTable(TableSettings settings, double creation_time, std::string id);
    [[nodiscard]] bool RestoreNoTable(std::string_view name);
    [[nodiscard]] bool RestoreRow(std::string_view table, Item item);
    [[nodiscard]] bool RestoreNoRow(std::string_view table, Item const& key);

    /// Rows of a table; empty when there is none.
    [[nodiscard]] std::vector<Item> Rows(std::string const& table) const;

  private:
    /// A write whose request was found valid.
    struct PreparedWrite {
        Table* table = nullptr;
        RowKey key{};
        std::optional<Node> condition{};
        ParsedExpressions expressions{};
    };
    /// What a write will do to its row.
    struct Effect {
        Item const* before = nullptr;  ///< nullptr: no row.
        std::optional<Item> after{};   ///< Empty: no row.
        bool changes = true;           ///< Not for a condition check.
    };

    [[nodiscard]] Table* FindTable(std::string_view name);
    [[nodiscard]] Table const* FindTable(std::string_view name) const;
    /// Checks what the service checks before it looks at tables.
    [[nodiscard]] static Outcome<ParsedExpressions> CheckWrite(WriteInput const& input);
    /// Finds the table and checks keys.
    [[nodiscard]] Outcome<PreparedWrite> Prepare(WriteInput const& input,
                                                 ParsedExpressions expressions);
    /// Checks the condition and works out the new item; changes nothing.
    [[nodiscard]] static Outcome<Effect> Plan(WriteInput const& input, PreparedWrite const& write);
    /// Does it. @return the written units.
    static double Commit(PreparedWrite const& write, Effect& effect);
    /// Appends what the journal must know before Commit.
    static void AddChange(std::vector<Change>& changes, WriteInput const& input,
                          PreparedWrite const& write, Effect const& effect);
    [[nodiscard]] bool Keep(std::vector<Change> const& changes) {
        return !journal_ || changes.empty() || journal_->Record(changes);
    }
    void ForgetOldTokens();

    Journal* journal_ = nullptr;
    std::map<std::string, Table, std::less<>> tables_{};
    struct UsedToken {
        std::string fingerprint{};
        std::chrono::steady_clock::time_point when{};
    };
    std::map<std::string, UsedToken, std::less<>> tokens_{};
};

/// "TableName" rules of the data operations; empty: nothing wrong.
[[nodiscard]] std::string CheckTableName(std::string_view name, std::string_view member);
[[nodiscard]] inline tl::unexpected<ServiceError> NoSuchTable() {
    return Refuse("ResourceNotFoundException", "Requested resource not found");
}
[[nodiscard]] inline tl::unexpected<ServiceError> NotKept() {
    ServiceError error;
    error.code = "InternalServerError";
    error.message = "The change could not be written to the data file";
    error.http_status = 500;
    return Refuse(std::move(error));
}
/// Key attributes are scalars: no path leads into them. Empty: nothing wrong.
[[nodiscard]] std::string CheckKeyPaths(PathUse const& use, Table const& table);
/// Empty: no name is there twice.
[[nodiscard]] std::string CheckAttributesToGet(
    std::optional<std::vector<std::string>> const& attributes);
/// What a projection or AttributesToGet leaves of an item.
[[nodiscard]] Item Narrow(std::optional<Projection> const& projection,
                          std::optional<std::vector<std::string>> const& attributes,
                          Item const& item);
[[nodiscard]] double ReadUnits(std::size_t bytes, bool consistent);

}  // namespace lddynamo::dynamodb::memory
