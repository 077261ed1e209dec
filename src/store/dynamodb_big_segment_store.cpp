#include <lddynamo/dynamodb_big_segment_store.hpp>

#include "json/raw_json.hpp"
#include "store/names.hpp"

#include <charconv>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

namespace lddynamo {
namespace {

constexpr std::string_view kMetadata = "big_segments_metadata";
constexpr std::string_view kMemberships = "big_segments_user";
constexpr std::string_view kSynchronizedOn = "synchronizedOn";
constexpr std::string_view kIncluded = "included";
constexpr std::string_view kExcluded = "excluded";
constexpr std::int64_t kMaxTime = std::int64_t{1} << 53U;  // as JSON carries it

std::string Prefixed(std::string const& prefix, std::string_view name) {
    return prefix.empty() ? std::string(name) : prefix + ":" + std::string(name);
}

tl::unexpected<Error> WrongType(std::string_view name, AttributeValue const& value,
                                char const* wanted) {
    return Fail(ErrorCode::kInvalidData, "its `" + std::string(name) + "` is of type " +
                                             std::string(value.TypeName()) + ", not " + wanted);
}

Result<std::optional<BigSegmentTime>> TimeOf(Item const& row) {
    auto const* const attribute = FindAttribute(row, kSynchronizedOn);
    if (attribute == nullptr) return std::optional<BigSegmentTime>();
    auto const* const text = attribute->AsN();
    if (text == nullptr) return WrongType(kSynchronizedOn, *attribute, "N");
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size() || number < 0 ||
        number > kMaxTime) {
        return Fail(ErrorCode::kInvalidData,
                    "its `synchronizedOn` is no time in milliseconds: " + text->substr(0, 40));
    }
    return std::optional<BigSegmentTime>(BigSegmentTime(std::chrono::milliseconds(number)));
}

Result<std::vector<std::string>> RefsOf(Item const& row, std::string_view name) {
    auto const* const attribute = FindAttribute(row, name);
    if (attribute == nullptr) return std::vector<std::string>();
    auto const* const set = std::get_if<AttributeValue::StringSet>(&attribute->Get());
    if (set == nullptr) return WrongType(name, *attribute, "SS");
    return set->items;
}

Result<BigSegmentMembership> MembershipOf(Item const& row) {
    auto const included = RefsOf(row, kIncluded);
    if (!included) return Fail(included.error());
    auto const excluded = RefsOf(row, kExcluded);
    if (!excluded) return Fail(excluded.error());
    return BigSegmentMembership::Make(*included, *excluded);
}

}  // namespace

/// Everything here is constant after construction.
struct DynamoDbBigSegmentStore::State {
    std::string table;
    std::string metadata;
    std::string memberships;
    std::shared_ptr<DynamoDbClient> client;  // shared with the user who brings one

    [[nodiscard]] Error Explain(Error error, std::string const& what) const {
        error.message =
            error.code == ErrorCode::kNotFound
                ? "table " + table + " does not exist (" + what + ": " + error.message + ")"
                : "table " + table + ": " + what + ": " + error.message;
        return error;
    }

    [[nodiscard]] Result<std::optional<Item>> ReadRow(std::string const& ns, std::string key,
                                                      std::string const& what) const {
        GetItemRequest request;
        request.table = table;
        request.key.emplace(store::kNamespace, AttributeValue::S(ns));
        request.key.emplace(store::kKey, AttributeValue::S(std::move(key)));
        request.consistent_read = true;
        auto answer = client->GetItem(request);
        if (!answer) return Fail(Explain(std::move(answer.error()), what));
        return std::move(answer->item);
    }
};

Result<std::optional<BigSegmentTime>> DynamoDbBigSegmentStore::GetMetadata() {
    std::string const what = "get the Big Segments metadata";
    auto const row = state_->ReadRow(state_->metadata, state_->metadata, what);
    if (!row) return Fail(row.error());
    if (!*row) return std::optional<BigSegmentTime>();
    auto time = TimeOf(**row);
    if (!time) return Fail(state_->Explain(std::move(time.error()), what));
    return time;
}

Result<BigSegmentMembership> DynamoDbBigSegmentStore::GetMembership(std::string_view context_hash) {
    if (!store::IsStorableKey(context_hash)) return BigSegmentMembership();
    std::string what = "get the Big Segments of context hash ";
    json::AppendQuoted(what, context_hash.substr(0, 64));
    auto const row = state_->ReadRow(state_->memberships, std::string(context_hash), what);
    if (!row) return Fail(row.error());
    if (!*row) return BigSegmentMembership();
    auto membership = MembershipOf(**row);
    if (!membership) return Fail(state_->Explain(std::move(membership.error()), what));
    return membership;
}

DynamoDbBigSegmentStore::DynamoDbBigSegmentStore(std::unique_ptr<State> state)
    : state_(std::move(state)) {
}
DynamoDbBigSegmentStore::~DynamoDbBigSegmentStore() = default;

Result<std::unique_ptr<DynamoDbBigSegmentStore>> DynamoDbBigSegmentStore::Create(std::string table,
                                                                                 Logger logger) {
    DynamoDbBigSegmentStoreOptions options;
    options.table = std::move(table);
    options.logger = std::move(logger);
    return Create(std::move(options));
}

Result<std::unique_ptr<DynamoDbBigSegmentStore>> DynamoDbBigSegmentStore::Create(
    DynamoDbBigSegmentStoreOptions options) {
    if (options.table.empty()) return Fail(ErrorCode::kInvalidArgument, "a table name is needed");
    if (auto checked = store::CheckPrefix(options.prefix); !checked) {
        return Fail(std::move(checked.error()));
    }
    auto client = std::move(options.client);
    if (client == nullptr) {
        DynamoDbClientOptions wanted;
        wanted.aws = std::move(options.aws);
        if (!wanted.aws.logger.Enabled(LogLevel::kError)) wanted.aws.logger = options.logger;
        auto made = MakeDynamoDbClient(std::move(wanted));
        if (!made) return Fail(std::move(made.error()));
        client = std::move(*made);
    }
    auto state =
        std::make_unique<State>(State{.table = std::move(options.table),
                                      .metadata = Prefixed(options.prefix, kMetadata),
                                      .memberships = Prefixed(options.prefix, kMemberships),
                                      .client = std::move(client)});
    return std::unique_ptr<DynamoDbBigSegmentStore>(new DynamoDbBigSegmentStore(std::move(state)));
}

}  // namespace lddynamo
