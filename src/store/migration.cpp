#include "store/migration.hpp"

#include "model/flag.hpp"
#include "model/segment.hpp"
#include "store/item_codec.hpp"
#include "store/names.hpp"
#include "store/older_layout.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace lddynamo::store {
namespace {

/// Passes over the table; each but the first is for rows that others wrote meanwhile.
constexpr int kMaxPasses = 5;
/// Puts of one row that found it changed each time.
constexpr int kMaxConflicts = 8;

struct Row {
    DataKind kind = DataKind::kFeatures;
    Item item{};
};

Status CheckDecodes(DataKind kind, SerializedItem const& item) {
    if (item.deleted) return {};
    if (kind == DataKind::kFeatures) {
        if (auto flag = model::DecodeFlag(item.json); !flag) return Fail(std::move(flag.error()));
    } else if (auto segment = model::DecodeSegment(item.json); !segment) {
        return Fail(std::move(segment.error()));
    }
    return {};
}

/// The row with `item` and `version`, and all it has already.
Item WithOfficialAttributes(Item row, SerializedItem const& item) {
    row.insert_or_assign(std::string(kItem), AttributeValue::S(item.json));
    row.insert_or_assign(std::string(kVersion), AttributeValue::N(item.version));
    return row;
}

/// The row without what only the older layout's readers need.
Item WithoutOlderAttributes(Item row) {
    std::erase_if(row, [](auto const& attribute) { return IsOlderAttribute(attribute.first); });
    return row;
}

bool HasOlderAttributes(Item const& row) {
    return std::any_of(row.begin(), row.end(),
                       [](auto const& attribute) { return IsOlderAttribute(attribute.first); });
}

/// One migration under way.
class Migration {
  public:
    Migration(DynamoDbClient& client, MigrationOptions const& options)
        : client_(client), options_(options), names_(options.prefix) {}

    Result<MigrationReport> Run() {
        for (int pass = 1;; ++pass) {
            auto found = MigratePass();
            if (!found) return Fail(Explain(std::move(found.error())));
            if (*found == 0 || options_.dry_run) break;
            if (pass == kMaxPasses) {
                return Fail(Explain(ErrorOf(
                    ErrorCode::kConflict,
                    "rows of the older layout keep coming: stop the program that writes them")));
            }
        }
        if (auto migrated = MigrateTooLarge(); !migrated) {
            return Fail(Explain(std::move(migrated.error())));
        }
        if (auto marked = Mark(); !marked) return Fail(Explain(std::move(marked.error())));
        if (options_.drop_older_attributes && report_.initialized) {
            if (options_.dry_run) {
                report_.dropped += droppable_;
            } else if (auto dropped = DropPass(); !dropped) {
                return Fail(Explain(std::move(dropped.error())));
            }
        }
        return std::move(report_);
    }

  private:
    static Error ErrorOf(ErrorCode code, std::string message) {
        Error error;
        error.code = code;
        error.message = std::move(message);
        return error;
    }

    [[nodiscard]] Error Explain(Error error) const {
        std::string text = "table " + options_.table;
        if (error.code == ErrorCode::kNotFound) text += " does not exist";
        text += ": " + error.message;
        if (report_.migrated + report_.dropped > 0) {
            text += " (" + std::to_string(report_.migrated) + " rows are migrated, " +
                    std::to_string(report_.dropped) + " rid of older attributes; run it again)";
        }
        error.message = std::move(text);
        return error;
    }

    /// The rows of both namespaces; segments first, as flags need them.
    Result<std::vector<Row>> ReadRows() {
        std::array<QueryRequest, 2> queries{};
        std::array constexpr kKinds = {DataKind::kSegments, DataKind::kFeatures};
        for (std::size_t i = 0; i < queries.size(); ++i) {
            queries[i].table = options_.table;
            queries[i].key_condition_expression = "#ns = :ns";
            queries[i].names.emplace("#ns", kNamespace);
            queries[i].values.emplace(":ns", AttributeValue::S(names_.Namespace(kKinds[i])));
            queries[i].consistent_read = true;
        }
        auto pages = QueryAllItems(client_, queries);
        if (!pages) return Fail(std::move(pages.error()));
        std::vector<Row> rows;
        for (std::size_t i = 0; i < queries.size(); ++i) {
            for (auto& item : (*pages)[i]) rows.push_back({kKinds[i], std::move(item)});
        }
        return rows;
    }

    void Progress(std::size_t done, std::size_t total) const {
        if (options_.progress) options_.progress(done, total);
    }

    /// Gives every row that needs one its `item`.
    /// @return how many rows it changed.
    Result<std::size_t> MigratePass() {
        auto rows = ReadRows();
        if (!rows) return Fail(std::move(rows.error()));
        bool const first = !looked_;
        looked_ = true;
        too_large_.clear();
        report_.oversize.clear();
        report_.malformed.clear();
        std::size_t const before = report_.migrated;
        std::size_t done = 0;
        Progress(0, rows->size());
        for (auto& row : *rows) {
            if (HasOlderAttributes(row.item)) older_seen_ = true;
            if (FindAttribute(row.item, kItem) != nullptr) {
                if (first) ++report_.official;
                if (HasOlderAttributes(row.item)) ++droppable_;
                NoteIfUnreadable(row);
            } else if (auto migrated = MigrateRow(std::move(row)); !migrated) {
                return Fail(std::move(migrated.error()));
            }
            Progress(++done, rows->size());
        }
        return report_.migrated - before;
    }

    /// An official row that no SDK can read does not stop the migration, but the marker.
    void NoteIfUnreadable(Row const& row) {
        auto item = ItemFromRow(row.item);
        auto const readable = item ? CheckDecodes(row.kind, *item) : Status(Fail(item.error()));
        if (!readable) Malformed(row, readable.error().message);
    }

    void Malformed(Row const& row, std::string what) {
        report_.malformed.push_back({row.kind, std::string(RowKey(row.item)), std::move(what)});
    }

    void Oversize(Row const& row, std::string what) {
        report_.oversize.push_back({row.kind, std::string(RowKey(row.item)), std::move(what)});
    }

    /// Rows that cannot serve both kinds of readers: after all others, and only when the marker
    /// follows at once.
    Status MigrateTooLarge() {
        bool const complete = report_.Complete();
        for (auto& row : too_large_) {
            if (!complete) {
                Oversize(row,
                         "it fits only without the older attributes, which go when every "
                         "other row is migrated");
            } else if (auto migrated = MigrateRow(std::move(row), true); !migrated) {
                return migrated;
            }
        }
        return {};
    }

    /// @param lean  without the older attributes.
    Status MigrateRow(Row row, bool lean = false) {
        for (int conflict = 0; conflict < kMaxConflicts; ++conflict) {
            auto item = ItemFromRow(row.item);
            auto const usable = item ? CheckDecodes(row.kind, *item) : Status(Fail(item.error()));
            if (!usable) {
                Malformed(row, usable.error().message);
                return {};
            }
            Item wanted = WithOfficialAttributes(row.item, *item);
            if (lean) {
                wanted = WithoutOlderAttributes(std::move(wanted));
            } else if (auto const size = RowBytes(wanted); size > kMaxRowBytes) {
                auto const lean_size = RowBytes(WithoutOlderAttributes(std::move(wanted)));
                if (lean_size <= kMaxRowBytes && options_.drop_older_attributes) {
                    too_large_.push_back(std::move(row));
                } else {
                    Oversize(row, OversizeText(size, lean_size));
                }
                return {};
            }
            auto put = Put(row.item, wanted, "attribute_not_exists(#item)", kItem);
            if (!put) return Fail(std::move(put.error()));
            if (!*put) {
                ++report_.migrated;
                if (!lean && HasOlderAttributes(row.item)) ++droppable_;
                if (item->deleted) ++report_.tombstones;
                if (lean) ++report_.dropped;
                return {};
            }
            // Changed since it was read.
            auto& now = **put;
            if (!now) return {};  // deleted
            if (FindAttribute(*now, kItem) != nullptr) {
                if (*now == wanted) {  // our own put, whose answer was lost
                    ++report_.migrated;
                    if (item->deleted) ++report_.tombstones;
                    if (lean) ++report_.dropped;
                }
                return {};
            }
            row.item = std::move(*now);
        }
        return Fail(ErrorCode::kConflict, Describe(row.kind, RowKey(row.item)) +
                                              " changed each time it was to be migrated: stop the "
                                              "program that writes it");
    }

    static std::string OversizeText(std::size_t size, std::size_t lean_size) {
        std::string text = "its row would have " + std::to_string(size) + " bytes, more than the " +
                           std::to_string(kMaxRowBytes) + " that fit";
        if (lean_size > kMaxRowBytes) {
            return text + ", and still " + std::to_string(lean_size) +
                   " without the older attributes";
        }
        return text + "; without the older attributes it fits";
    }

    using Changed = std::optional<std::optional<Item>>;
    /// Puts `wanted` if the row still has the version of `read`.
    /// @return nothing when it was put; else the row as it is now, empty when it is gone.
    Result<Changed> Put(Item const& read, Item const& wanted, std::string condition,
                        std::string_view attribute) {
        if (options_.dry_run) return Changed();
        PutItemRequest request;
        request.table = options_.table;
        request.item = wanted;
        request.condition_expression = "attribute_exists(#k) AND " + std::move(condition);
        request.names.emplace("#k", kKey);
        request.names.emplace("#v", kVersion);
        request.names.emplace("#item", attribute);
        if (auto const* const version = FindAttribute(read, kVersion)) {
            request.condition_expression += " AND #v = :v";
            request.values.emplace(":v", *version);
        } else {
            request.condition_expression += " AND attribute_not_exists(#v)";
        }
        request.return_old_on_condition_failure = true;
        auto answer = client_.PutItem(request);
        if (!answer) return Fail(std::move(answer.error()));
        if (!answer->condition_failed) return Changed();
        if (answer->old_item) return Changed(std::move(answer->old_item));
        Item key;
        for (auto const name : {kNamespace, kKey}) {
            if (auto const* const value = FindAttribute(read, name)) key.emplace(name, *value);
        }
        auto now = client_.GetItem(
            {.table = options_.table, .key = std::move(key), .consistent_read = true});
        if (!now) return Fail(std::move(now.error()));
        return Changed(std::move(now->item));
    }

    Status Mark() {
        auto marker = client_.GetItem(
            {.table = options_.table, .key = names_.Marker(), .consistent_read = true});
        if (!marker) return Fail(std::move(marker.error()));
        report_.initialized = marker->item.has_value();
        if (report_.initialized || !older_seen_ || !report_.Complete()) return {};
        if (!options_.dry_run) {
            auto put = client_.PutItem({.table = options_.table, .item = names_.Marker()});
            if (!put) return Fail(std::move(put.error()));
        }
        report_.initialized = true;
        return {};
    }

    /// Takes the older attributes off rows that have an `item`.
    Status DropPass() {
        auto rows = ReadRows();
        if (!rows) return Fail(std::move(rows.error()));
        std::size_t done = 0;
        for (auto& row : *rows) {
            bool const official = FindAttribute(row.item, kItem) != nullptr;
            if (official && HasOlderAttributes(row.item)) {
                if (auto dropped = DropFrom(std::move(row)); !dropped) {
                    return Fail(std::move(dropped.error()));
                }
            }
            Progress(++done, rows->size());
        }
        return {};
    }

    Status DropFrom(Row row) {
        for (int conflict = 0; conflict < kMaxConflicts; ++conflict) {
            // Through the reader: BOOL `deleted` = true must live on in the item's text.
            auto const item = ItemFromRow(row.item);
            if (!item) return {};  // reported before
            Item const wanted = WithoutOlderAttributes(WithOfficialAttributes(row.item, *item));
            auto put = Put(row.item, wanted, "attribute_exists(#item)", kItem);
            if (!put) return Fail(std::move(put.error()));
            if (!*put || (**put && ***put == wanted)) {
                ++report_.dropped;
                return {};
            }
            auto& now = **put;
            if (!now || !HasOlderAttributes(*now) || FindAttribute(*now, kItem) == nullptr) {
                return {};
            }
            row.item = std::move(*now);
        }
        return Fail(ErrorCode::kConflict,
                    Describe(row.kind, RowKey(row.item)) + " changed each time it was to be put");
    }

    DynamoDbClient& client_;
    MigrationOptions const& options_;
    TableNames const names_;
    MigrationReport report_;
    bool older_seen_ = false;
    bool looked_ = false;
    std::size_t droppable_ = 0;     // in a dry run: rows that would lose their older attributes
    std::vector<Row> too_large_{};  // with both kinds of attributes, but not with one
};

}  // namespace

Result<MigrationReport> MigrateOlderLayout(DynamoDbClient& client,
                                           MigrationOptions const& options) {
    if (options.table.empty()) return Fail(ErrorCode::kInvalidArgument, "a table name is needed");
    if (auto checked = CheckPrefix(options.prefix); !checked) {
        return Fail(std::move(checked.error()));
    }
    return Migration(client, options).Run();
}

}  // namespace lddynamo::store
