#include "dynamodb/batching.hpp"

#include <iterator>
#include <string>
#include <utility>
#include <variant>

namespace lddynamo {
namespace dynamodb {
namespace {

constexpr std::size_t kMaxPages = 10'000;  // 10 GB at the service's 1 MB a page

/// Notices when a sequence of page keys goes round in circles, in constant space (Brent).
class LoopGuard {
  public:
    explicit LoopGuard(Item start) : saved_(std::move(start)) {}
    /// @return false when `key` closes a circle.
    [[nodiscard]] bool Visit(Item const& key) {
        if (key == saved_) return false;
        if (++steps_ == limit_) {
            saved_ = key;
            steps_ = 0;
            limit_ *= 2;
        }
        return true;
    }

  private:
    Item saved_;
    std::size_t steps_ = 0;
    std::size_t limit_ = 1;
};

/// Bytes of names and values, without looking into texts.
std::size_t SizeOf(Item const& item) noexcept;

struct ContentSize {
    std::size_t operator()(AttributeValue::Null const&) const noexcept { return 1; }
    std::size_t operator()(bool) const noexcept { return 1; }
    std::size_t operator()(std::string const& text) const noexcept { return text.size(); }
    std::size_t operator()(AttributeValue::Number const& number) const noexcept {
        return number.text.size();
    }
    std::size_t operator()(AttributeValue::Binary const& binary) const noexcept {
        return binary.bytes.size();
    }
    std::size_t operator()(AttributeValue::Map const& map) const noexcept { return SizeOf(map); }
    std::size_t operator()(AttributeValue::List const& list) const noexcept {
        std::size_t size = 0;
        for (auto const& element : list) size += 1 + std::visit(*this, element.Get());
        return size;
    }
    template <class Set>
    std::size_t operator()(Set const& set) const noexcept {
        std::size_t size = 0;
        for (auto const& element : set.items) size += 1 + element.size();
        return size;
    }
};

std::size_t SizeOf(Item const& item) noexcept {
    std::size_t size = 0;
    for (auto const& [name, value] : item) {
        size += name.size() + std::visit(ContentSize{}, value.Get());
    }
    return size;
}

/// One query on its way through its pages.
struct Walk {
    explicit Walk(QueryRequest query)
        : request(std::move(query)), guard(request.exclusive_start_key) {}
    QueryRequest request;
    LoopGuard guard;
    std::vector<Item> items{};
    std::size_t pages = 0;
    bool done = false;
};

Status TakePage(Walk& walk, QueryResponse page) {
    std::move(page.items.begin(), page.items.end(), std::back_inserter(walk.items));
    ++walk.pages;
    if (page.last_evaluated_key.empty()) {
        walk.done = true;
        return {};
    }
    if (!walk.guard.Visit(page.last_evaluated_key)) {
        return Fail(ErrorCode::kInvalidData,
                    "table " + walk.request.table +
                        ": the pages of a query go round in circles (LastEvaluatedKey came again)");
    }
    if (walk.pages >= kMaxPages) {
        return Fail(ErrorCode::kInvalidData, "table " + walk.request.table + ": a query has over " +
                                                 std::to_string(kMaxPages) + " pages");
    }
    walk.request.exclusive_start_key = std::move(page.last_evaluated_key);
    return {};
}

}  // namespace

Result<std::vector<std::vector<Item>>> QueryPages(DynamoDbClient& client,
                                                  std::span<QueryRequest const> requests,
                                                  std::optional<Deadline> const& deadline,
                                                  std::size_t max_bytes) {
    std::vector<Walk> walks;
    walks.reserve(requests.size());
    for (auto const& request : requests) walks.emplace_back(request);

    int failed_rounds = 0;
    std::size_t bytes = 0;
    for (;;) {
        std::vector<QueryRequest> round;
        std::vector<Walk*> walking;
        for (auto& walk : walks) {
            if (walk.done) continue;
            round.push_back(walk.request);
            walking.push_back(&walk);
        }
        if (round.empty()) break;
        if (deadline && deadline->Passed()) {
            Error error;
            error.code = ErrorCode::kTimeout;
            error.message = "table " + round.front().table + ": no time left to read all pages";
            error.retryable = true;
            return Fail(std::move(error));
        }
        auto answers = client.QueryMany(round);
        if (answers.size() != round.size()) {
            return Fail(ErrorCode::kInternal, "the client answered too few of several requests");
        }
        std::optional<Error> refused;
        for (std::size_t i = 0; i < answers.size(); ++i) {
            if (!answers[i]) {
                // A service that is there and busy: who gave a deadline is willing to wait.
                bool const is_busy = answers[i].error().code == ErrorCode::kThrottled ||
                                     answers[i].error().code == ErrorCode::kUnavailable;
                if (!deadline || !is_busy) return Fail(std::move(answers[i].error()));
                refused = std::move(answers[i].error());
                continue;
            }
            for (auto const& item : answers[i]->items) bytes += SizeOf(item);
            if (bytes > max_bytes) {
                return Fail(ErrorCode::kTooLarge, "table " + requests.front().table +
                                                      ": its rows have more than " +
                                                      std::to_string(max_bytes) + " bytes");
            }
            if (auto taken = TakePage(*walking[i], std::move(*answers[i])); !taken) {
                return Fail(std::move(taken.error()));
            }
        }
        failed_rounds = refused ? failed_rounds + 1 : 0;
        if (refused && !deadline->Pause(failed_rounds)) return Fail(std::move(*refused));
    }

    std::vector<std::vector<Item>> all;
    all.reserve(walks.size());
    for (auto& walk : walks) all.push_back(std::move(walk.items));
    return all;
}

}  // namespace dynamodb

Result<std::vector<std::vector<Item>>> QueryAllItems(DynamoDbClient& client,
                                                     std::span<QueryRequest const> requests) {
    return dynamodb::QueryPages(client, requests, std::nullopt);
}

}  // namespace lddynamo
