/// @file
/// The names in the table, and what may be a key or a prefix.
/// Layer: store.
#pragma once

#include <lddynamo/attribute_value.hpp>
#include <lddynamo/feature_store.hpp>
#include <lddynamo/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace lddynamo::store {

inline constexpr std::string_view kNamespace = "namespace";
inline constexpr std::string_view kKey = "key";
inline constexpr std::string_view kVersion = "version";
inline constexpr std::string_view kItem = "item";
inline constexpr std::string_view kDeleted = "deleted";

inline constexpr std::size_t kMaxKeyBytes = 1024;

/// "flag" or "segment".
[[nodiscard]] std::string_view Noun(DataKind kind) noexcept;
/// `flag "the-key"`, on one line whatever the key.
[[nodiscard]] std::string Describe(DataKind kind, std::string_view key);

/// 1 to 1024 bytes of UTF-8.
[[nodiscard]] bool IsStorableKey(std::string_view key) noexcept;
/// @retval ErrorCode::kInvalidArgument  not storable; the message says what is wrong.
[[nodiscard]] Status CheckKey(DataKind kind, std::string_view key);
/// @retval ErrorCode::kInvalidArgument  `$` or `:` in it, too long, or no UTF-8.
[[nodiscard]] Status CheckPrefix(std::string_view prefix);

/// `prefix:name`, or `name` where there is no prefix.
[[nodiscard]] std::string Prefixed(std::string_view prefix, std::string_view name);
/// A primary key.
[[nodiscard]] Item KeyOf(std::string ns, std::string key);

/// The partition keys of one prefix, as every SDK knows them.
class TableNames {
  public:
    explicit TableNames(std::string_view prefix);
    [[nodiscard]] std::string const& Namespace(DataKind kind) const noexcept {
        return kind == DataKind::kFeatures ? features_ : segments_;
    }
    [[nodiscard]] std::string const& Prefix() const noexcept { return prefix_; }
    /// The primary key of a row.
    [[nodiscard]] Item RowKey(DataKind kind, std::string_view key) const;
    /// The marker that says a store is initialized: its key, which is the whole row.
    [[nodiscard]] Item Marker() const;
    /// The partitions of the official Big Segments rows.
    [[nodiscard]] std::string BigSegmentsMetadata() const;
    [[nodiscard]] std::string BigSegmentsUser() const;

  private:
    std::string prefix_;
    std::string features_;
    std::string segments_;
    std::string inited_;
};

}  // namespace lddynamo::store
