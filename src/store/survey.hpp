/// @file
/// Survey: what is in a table, as one prefix sees it.
/// Layer: store. Only reads.
#pragma once

#include "store/names.hpp"

#include <lddynamo/clock.hpp>
#include <lddynamo/dynamodb_client.hpp>
#include <lddynamo/feature_store.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::store {

struct SurveyOptions {
    std::string table{};
    std::string prefix{};
    /// At most so many rows of the prefix are read, and so many keys of the whole table.
    std::size_t max_rows = 100'000;
    /// Rows of so many bytes are named: the limit is near.
    std::size_t large_row_bytes = 300'000;
    /// For the whole, between pages; what is not read by then is cut.
    std::chrono::milliseconds timeout{120'000};
    Clock* clock = nullptr;  ///< nullptr: the machine's. Must outlive the call.
    std::function<void(std::size_t rows)> progress{};  ///< Called after each page.
};

/// One namespace of a kind.
struct KindSurvey {
    std::size_t living = 0;
    std::size_t tombstones = 0;
};

/// Which forms of rows there are; they tell who wrote them.
struct LayoutSurvey {
    std::size_t official = 0;         ///< `item` and nothing of the older layout.
    std::size_t both = 0;             ///< `item` and attributes of the older layout: migrated.
    std::size_t older = 0;            ///< The older Go package's alone.
    std::size_t without_item = 0;     ///< Neither: reads as deleted.
    std::size_t without_version = 0;  ///< Official, but no `version` attribute.
    std::size_t null_tombstones = 0;  ///< `item` is the text null, or empty: Java, .NET.
    std::size_t short_tombstones =
        0;                            ///< key, version, deleted: Python, LaunchDarkly's stream, us.
    std::size_t full_tombstones = 0;  ///< Any other JSON: Go, Node, Ruby.
};

struct LargeRow {
    DataKind kind = DataKind::kFeatures;
    std::string key{};
    std::size_t bytes = 0;
};

/// An item that needs another, which is missing or deleted.
struct MissingReference {
    ItemKey from{};
    ItemKey to{};
};

/// Rows that do not belong to the prefix, namespace by namespace.
struct ForeignRows {
    enum class What : std::uint8_t {
        kOtherPrefix,      ///< A namespace of the official layout under another prefix.
        kRelayAutoConfig,  ///< The Relay Proxy's cache: `item` is binary.
        kOurs,             ///< lddynamo's own beside the official layout, whatever the prefix.
        kUnknown,
    };
    What what = What::kUnknown;
    std::string ns{};
    std::string prefix{};  ///< kOtherPrefix; empty is the empty prefix.
    std::size_t rows = 0;
};

struct BigSegmentsSurvey {
    bool metadata = false;
    std::optional<std::int64_t> synchronized_on{};  ///< Milliseconds since 1970.
    std::size_t members = 0;                        ///< Rows met by the look over the whole table.
    std::vector<std::string> unbounded{};           ///< Keys of the segments that need it.
};

struct Survey {
    bool initialized = false;
    KindSurvey features{};
    KindSurvey segments{};
    LayoutSurvey layout{};
    std::vector<LargeRow> large{};
    std::vector<ItemNote> malformed{};  ///< No SDK can use them.
    std::vector<MissingReference> missing{};
    BigSegmentsSurvey big_segments{};
    std::vector<ForeignRows> foreign{};
    std::size_t rows = 0;               ///< Of the prefix that were read.
    bool rows_cut = false;              ///< There are more; `missing` is then left empty.
    std::size_t scanned = 0;            ///< Keys of the whole table that were looked at.
    bool scan_cut = false;              ///< There are more.
    std::optional<Error> scan_error{};  ///< The whole table could not be looked over.
};

/// Reads the prefix's rows, and the keys of the whole table.
/// @retval ErrorCode::kInvalidArgument  a bad prefix.
/// @retval others                       as DynamoDbClient, of what concerns the prefix itself.
[[nodiscard]] Result<Survey> SurveyTable(DynamoDbClient& client, SurveyOptions const& options);

/// What a namespace is, from its name alone. Empty: it is one of `names`.
[[nodiscard]] std::optional<ForeignRows> ClassifyNamespace(TableNames const& names,
                                                           std::string_view ns);

}  // namespace lddynamo::store
