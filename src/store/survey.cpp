#include "store/survey.hpp"

#include "dynamodb/batching.hpp"
#include "json/raw_json.hpp"
#include "model/flag.hpp"
#include "model/segment.hpp"
#include "store/item_codec.hpp"
#include "store/older_layout.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <utility>
#include <variant>

namespace lddynamo::store {
namespace {

/// Looking at one row of each unknown namespace tells what it is; so many of them are looked at.
constexpr std::size_t kMaxSamples = 20;
/// Namespaces that are counted one by one; a table of hashes as namespaces must not fill memory.
constexpr std::size_t kMaxNamespaces = 1000;

constexpr std::array<std::string_view, 5> kOfficialNames = {
    "features", "segments", "$inited", "big_segments_metadata", "big_segments_user"};
constexpr std::string_view kOurs = "$lddynamo";

std::string_view TextOf(Item const& row, std::string_view name) {
    auto const* const attribute = FindAttribute(row, name);
    auto const* const text = attribute != nullptr ? attribute->AsS() : nullptr;
    return text != nullptr ? std::string_view(*text) : std::string_view();
}

bool IsBlankOrNull(std::string_view text) {
    auto const first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return true;
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1) == "null";
}

/// key, version, deleted and nothing else.
bool IsShortTombstone(std::string_view text) {
    auto const members = json::SplitObject(text);
    return members && std::all_of(members->begin(), members->end(), [](auto const& member) {
               return member.first == kKey || member.first == kVersion || member.first == kDeleted;
           });
}

class Surveyor {
  public:
    Surveyor(DynamoDbClient& client, SurveyOptions const& options)
        : client_(client),
          options_(options),
          names_(options.prefix),
          deadline_(options.clock, options.timeout) {}

    Result<Survey> Run() {
        auto marker = Get(names_.Marker());
        if (!marker) return Fail(std::move(marker.error()));
        survey_.initialized = marker->has_value();
        for (auto const kind : {DataKind::kFeatures, DataKind::kSegments}) {
            if (auto read = ReadKind(kind); !read) return Fail(std::move(read.error()));
        }
        if (!survey_.rows_cut) FindMissing();
        if (auto read = ReadBigSegments(); !read) return Fail(std::move(read.error()));
        if (auto scanned = Scan(); !scanned) survey_.scan_error = std::move(scanned.error());
        return std::move(survey_);
    }

  private:
    Result<std::optional<Item>> Get(Item key) {
        auto answer = client_.GetItem(
            {.table = options_.table, .key = std::move(key), .consistent_read = true});
        if (!answer) return Fail(std::move(answer.error()));
        return std::move(answer->item);
    }

    void Progress() const {
        if (options_.progress) options_.progress(survey_.rows + survey_.scanned);
    }

    Status ReadKind(DataKind kind) {
        QueryRequest query;
        query.table = options_.table;
        query.key_condition_expression = "#ns = :ns";
        query.names.emplace("#ns", kNamespace);
        query.values.emplace(":ns", AttributeValue::S(names_.Namespace(kind)));
        query.consistent_read = true;
        for (;;) {
            if (survey_.rows >= options_.max_rows || deadline_.Passed()) {
                survey_.rows_cut = true;
                return {};
            }
            query.limit = LimitFor(options_.max_rows - survey_.rows);
            auto page = client_.Query(query);
            if (!page) return Fail(std::move(page.error()));
            for (auto const& row : page->items) ReadRow(kind, row);
            survey_.rows += page->items.size();
            Progress();
            if (page->last_evaluated_key.empty()) return {};
            if (page->last_evaluated_key == query.exclusive_start_key) return GoesRound();
            query.exclusive_start_key = std::move(page->last_evaluated_key);
        }
    }

    [[nodiscard]] Status GoesRound() const {
        return Fail(ErrorCode::kInvalidData,
                    "table " + options_.table + ": LastEvaluatedKey came again");
    }

    static int LimitFor(std::size_t rows) {
        return static_cast<int>(std::min<std::size_t>(rows, 1'000'000));
    }

    void ReadRow(DataKind kind, Item const& row) {
        std::string const key(RowKey(row));
        if (auto const bytes = RowBytes(row); bytes >= options_.large_row_bytes) {
            survey_.large.push_back({kind, key, bytes});
        }
        CountLayout(row);
        auto const item = ItemFromRow(row);
        if (!item) {
            survey_.malformed.push_back({kind, key, item.error().message});
            return;
        }
        auto& counts = kind == DataKind::kFeatures ? survey_.features : survey_.segments;
        if (item->deleted) {
            ++counts.tombstones;
            CountTombstone(row);
            return;
        }
        ++counts.living;
        living_.insert({kind, key});
        auto const needs = [&](DataKind what, std::vector<std::string> const& keys) {
            for (auto const& needed : keys) references_.push_back({{kind, key}, {what, needed}});
        };
        if (kind == DataKind::kFeatures) {
            auto const flag = model::DecodeFlag(item->json);
            if (!flag) {
                survey_.malformed.push_back({kind, key, flag.error().message});
                return;
            }
            needs(DataKind::kFeatures, (*flag)->referenced_flags);
            needs(DataKind::kSegments, (*flag)->referenced_segments);
        } else {
            auto const segment = model::DecodeSegment(item->json);
            if (!segment) {
                survey_.malformed.push_back({kind, key, segment.error().message});
                return;
            }
            needs(DataKind::kSegments, (*segment)->referenced_segments);
            if ((*segment)->unbounded) survey_.big_segments.unbounded.push_back(key);
        }
    }

    void CountLayout(Item const& row) {
        auto& layout = survey_.layout;
        bool const has_item = FindAttribute(row, kItem) != nullptr;
        bool const older = std::any_of(row.begin(), row.end(), [](auto const& attribute) {
            return IsOlderAttribute(attribute.first);
        });
        if (has_item) {
            ++(older ? layout.both : layout.official);
            if (FindAttribute(row, kVersion) == nullptr) ++layout.without_version;
        } else {
            ++(older ? layout.older : layout.without_item);
        }
    }

    void CountTombstone(Item const& row) {
        auto& layout = survey_.layout;
        if (FindAttribute(row, kItem) == nullptr) return;  // counted as a layout
        auto const text = TextOf(row, kItem);
        if (IsBlankOrNull(text)) {
            ++layout.null_tombstones;
        } else {
            ++(IsShortTombstone(text) ? layout.short_tombstones : layout.full_tombstones);
        }
    }

    void FindMissing() {
        for (auto& reference : references_) {
            if (living_.count(reference.to) == 0) survey_.missing.push_back(std::move(reference));
        }
    }

    Status ReadBigSegments() {
        auto const name = names_.BigSegmentsMetadata();
        Item key;
        key.emplace(kNamespace, AttributeValue::S(name));
        key.emplace(kKey, AttributeValue::S(name));
        auto row = Get(std::move(key));
        if (!row) return Fail(std::move(row.error()));
        if (!*row) return {};
        survey_.big_segments.metadata = true;
        auto const* const on = FindAttribute(**row, "synchronizedOn");
        if (on == nullptr || on->AsN() == nullptr) return {};
        std::string const& digits = *on->AsN();
        std::int64_t number = 0;
        auto const [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (error == std::errc() && end == digits.data() + digits.size()) {
            survey_.big_segments.synchronized_on = number;
        }
        return {};
    }

    /// The keys of the whole table.
    Status Scan() {
        ScanRequest request;
        request.table = options_.table;
        request.projection_expression = "#ns, #k";
        request.names.emplace("#ns", kNamespace);
        request.names.emplace("#k", kKey);
        std::map<std::string, std::pair<ForeignRows, Item>, std::less<>> others;
        std::string const members = names_.BigSegmentsUser();
        for (;;) {
            if (survey_.scanned >= options_.max_rows || deadline_.Passed()) {
                survey_.scan_cut = true;
                break;
            }
            request.limit = LimitFor(options_.max_rows - survey_.scanned);
            auto page = client_.Scan(request);
            if (!page) return Fail(std::move(page.error()));
            for (auto& row : page->items) {
                auto const ns = TextOf(row, kNamespace);
                if (ns == members) ++survey_.big_segments.members;
                auto found = others.find(ns);
                if (found == others.end()) {
                    auto what = ClassifyNamespace(names_, ns);
                    if (!what) continue;
                    if (others.size() >= kMaxNamespaces) {
                        what = ForeignRows{};
                        found = others.find(std::string_view());
                    }
                    if (found == others.end()) {
                        std::string name = what->ns;
                        found =
                            others.emplace(std::move(name), std::pair(std::move(*what), row)).first;
                    }
                }
                ++found->second.first.rows;
            }
            survey_.scanned += page->items.size();
            Progress();
            if (page->last_evaluated_key.empty()) break;
            if (page->last_evaluated_key == request.exclusive_start_key) return GoesRound();
            request.exclusive_start_key = std::move(page->last_evaluated_key);
        }
        std::size_t samples = 0;
        for (auto& [ns, other] : others) {
            auto& [rows, sample] = other;
            if (rows.what == ForeignRows::What::kUnknown && !ns.empty() && samples < kMaxSamples) {
                ++samples;
                auto row = Get(sample);
                if (!row) return Fail(std::move(row.error()));
                auto const* const item = *row ? FindAttribute(**row, kItem) : nullptr;
                if (item != nullptr &&
                    std::holds_alternative<AttributeValue::Binary>(item->Get())) {
                    rows.what = ForeignRows::What::kRelayAutoConfig;
                }
            }
            survey_.foreign.push_back(std::move(rows));
        }
        return {};
    }

    DynamoDbClient& client_;
    SurveyOptions const& options_;
    TableNames const names_;
    dynamodb::Deadline const deadline_;  // also against pages that are empty and never end
    Survey survey_;
    std::set<ItemKey> living_;
    std::vector<MissingReference> references_;
};

}  // namespace

std::optional<ForeignRows> ClassifyNamespace(TableNames const& names, std::string_view ns) {
    ForeignRows rows;
    rows.ns = ns;
    auto const colon = ns.rfind(':');
    std::string_view const name = colon == std::string_view::npos ? ns : ns.substr(colon + 1);
    if (name.substr(0, kOurs.size()) == kOurs) {
        rows.what = ForeignRows::What::kOurs;
        return rows;
    }
    if (std::find(kOfficialNames.begin(), kOfficialNames.end(), name) == kOfficialNames.end()) {
        return rows;
    }
    rows.what = ForeignRows::What::kOtherPrefix;
    if (colon != std::string_view::npos) rows.prefix = ns.substr(0, colon);
    if (rows.prefix == names.Prefix()) return std::nullopt;
    return rows;
}

Result<Survey> SurveyTable(DynamoDbClient& client, SurveyOptions const& options) {
    if (auto checked = CheckPrefix(options.prefix); !checked) {
        return Fail(std::move(checked.error()));
    }
    return Surveyor(client, options).Run();
}

}  // namespace lddynamo::store
