/// @file
/// Table: rows by key, in the order of their sort keys.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/values.hpp"

#include <lddynamo/dynamodb_client.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace lddynamo::dynamodb::memory {

/// Keys as bytes that sort as the service sorts them.
struct RowKey {
    std::string partition{};
    std::string sort{};  ///< Empty without a sort key.
    friend auto operator<=>(RowKey const&, RowKey const&) = default;
};

struct Row {
    Item item{};
    std::size_t bytes = 0;
};

struct TableSettings {
    std::string name{};
    KeySchema keys{};
    bool on_demand = true;
    std::int64_t read_units = 0;
    std::int64_t write_units = 0;
    bool deletion_protection = false;
    std::string ttl_attribute{};  ///< Expiry is described, not done; empty: off.
    std::map<std::string, std::string, std::less<>> tags{};
};

/// One table. Not thread-safe.
class Table {
  public:
    Table(TableSettings settings, double creation_time, std::string id);

    [[nodiscard]] TableSettings const& Settings() const noexcept { return settings_; }
    /// @pre name and keys are the same.
    void ChangeSettings(TableSettings settings) { settings_ = std::move(settings); }
    [[nodiscard]] KeySchema const& Keys() const noexcept { return settings_.keys; }
    [[nodiscard]] bool HasSortKey() const noexcept { return !settings_.keys.sort_key.empty(); }
    [[nodiscard]] double CreationTime() const noexcept { return creation_time_; }
    [[nodiscard]] std::string const& Id() const noexcept { return id_; }
    [[nodiscard]] std::string Arn() const;

    /// What is wrong with a key, or with an item's key attributes; empty: nothing.
    [[nodiscard]] std::string CheckKey(Item const& key) const;
    [[nodiscard]] std::string CheckItem(Item const& item) const;
    /// What of a key's emptiness or size the service does not accept; empty: nothing.
    [[nodiscard]] std::string CheckKeyBytes(AttributeValue const& value, std::string_view attribute,
                                            std::string_view empty_prefix) const;
    /// @pre CheckKey or CheckItem found nothing wrong.
    [[nodiscard]] RowKey KeyOf(Item const& item) const;
    /// The key attributes of an item.
    [[nodiscard]] Item KeyAttributes(Item const& item) const;

    using Partition = std::map<std::string, Row, std::less<>>;
    [[nodiscard]] std::map<std::string, Partition, std::less<>> const& Partitions() const noexcept {
        return partitions_;
    }
    [[nodiscard]] Row const* Find(RowKey const& key) const;
    void Put(RowKey const& key, Item item);
    void Erase(RowKey const& key);
    [[nodiscard]] std::size_t ItemCount() const noexcept { return count_; }
    [[nodiscard]] std::size_t Bytes() const noexcept { return bytes_; }

  private:
    TableSettings settings_;
    double creation_time_;
    std::string id_;
    std::map<std::string, Partition, std::less<>> partitions_{};
    std::size_t count_ = 0;
    std::size_t bytes_ = 0;
};

inline constexpr std::string_view kKeyMismatch =
    "The provided key element does not match the schema";
inline constexpr std::string_view kNotValid = "One or more parameter values are not valid. ";

}  // namespace lddynamo::dynamodb::memory
