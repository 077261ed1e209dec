#include "store/guarded_writes.hpp"

#include "store/names.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>

namespace lddynamo::store {
namespace {

// Of one call of the client: enough to keep all connections busy, few enough to look at the
// deadline often.
constexpr std::size_t kMaxWritesPerCall = 200;

std::string_view TextOf(Item const& row, std::string_view name) noexcept {
    auto const* const attribute = FindAttribute(row, name);
    auto const* const text = attribute != nullptr ? attribute->AsS() : nullptr;
    return text != nullptr ? std::string_view(*text) : std::string_view();
}

/// The condition under which a row may be replaced or removed.
template <class Request>
void AddGuard(Request& request, AttributeValue const* seen, AttributeValue const* version) {
    // Without a row there is nothing to lose; a row without a version gives way, as for Upsert.
    std::string condition = "attribute_not_exists(#v)";
    if (seen != nullptr) {
        condition += " OR #v = :seen";
        request.values.emplace(":seen", *seen);
    }
    if (version != nullptr) {
        condition += " OR #v < :v";
        request.values.emplace(":v", *version);
    }
    request.condition_expression = std::move(condition);
    request.names.emplace("#v", kVersion);
    request.return_old_on_condition_failure = version != nullptr;
}

/// Whether the row that stopped a put is what that put wrote in an earlier attempt.
bool IsOurOwn(WriteResponse const& response, Item const& put) {
    return response.ambiguous && (!response.old_item || *response.old_item == put);
}

}  // namespace

void SeenVersions::Add(std::vector<Item> const& rows) {
    for (auto const& row : rows) {
        if (auto const* const version = FindAttribute(row, kVersion)) {
            versions_.emplace(std::pair(TextOf(row, kNamespace), TextOf(row, kKey)), version);
        }
    }
}

AttributeValue const* SeenVersions::Of(Item const& row) const {
    auto const it = versions_.find({TextOf(row, kNamespace), TextOf(row, kKey)});
    return it == versions_.end() ? nullptr : it->second;
}

/// Everything sent once.
struct GuardedWriter::Round {
    GuardedWriter& writer;
    std::vector<BatchWrite> again{};
    std::optional<Error> transient{};
    std::optional<Error> failed{};
    bool stopped = false;

    void Send(std::span<BatchWrite> wave) {
        std::vector<PutItemRequest> puts;
        std::vector<DeleteItemRequest> deletes;
        for (auto& write : wave) {
            auto const* const seen = writer.seen_.Of(write.item);
            if (write.kind == BatchWrite::Kind::kPut) {
                PutItemRequest put{.table = writer.table_, .item = std::move(write.item)};
                AddGuard(put, seen, FindAttribute(put.item, kVersion));
                puts.push_back(std::move(put));
            } else {
                DeleteItemRequest remove{.table = writer.table_, .key = std::move(write.item)};
                AddGuard(remove, seen, nullptr);
                deletes.push_back(std::move(remove));
            }
        }
        if (!puts.empty()) {
            Take(puts, writer.client_.PutItemMany(puts), BatchWrite::Kind::kPut,
                 [](PutItemRequest& put) -> Item& { return put.item; });
        }
        if (!deletes.empty() && !stopped) {
            Take(deletes, writer.client_.DeleteItemMany(deletes), BatchWrite::Kind::kDelete,
                 [](DeleteItemRequest& remove) -> Item& { return remove.key; });
        }
    }

    template <class Request, class ItemOf>
    void Take(std::vector<Request>& sent, std::vector<Result<WriteResponse>> answers,
              BatchWrite::Kind kind, ItemOf const& item_of) {
        for (std::size_t i = 0; i < sent.size(); ++i) {
            Item& item = item_of(sent[i]);
            if (i >= answers.size()) {
                FailFor({.message = "the client answered too few of several requests"});
            } else if (!answers[i]) {
                Error& error = answers[i].error();
                if (dynamodb::IsTransient(error.code)) {
                    transient = std::move(error);
                    again.push_back({kind, std::move(item)});
                } else {
                    FailFor(std::move(error));
                }
            } else if (answers[i]->condition_failed &&
                       (kind == BatchWrite::Kind::kDelete || !IsOurOwn(*answers[i], item))) {
                ++writer.settled_;
                writer.kept_.push_back(
                    {kind, std::string(TextOf(item, kNamespace)), std::string(TextOf(item, kKey))});
                writer.logger_.Debug("table " + writer.table_ + ": the row " +
                                     std::string(TextOf(item, kKey)) +
                                     " changed during Init and stays");
            } else {
                ++writer.settled_;
            }
        }
    }

    void FailFor(Error error) {
        if (dynamodb::ConcernsAllRequests(error.code)) stopped = true;
        if (!failed) failed = std::move(error);
    }
};

Status GuardedWriter::Write(std::vector<BatchWrite> writes,
                            std::function<void(std::size_t)> const& progress) {
    std::size_t const total = writes.size();
    std::size_t const before = settled_;
    std::optional<Error> failed;
    std::optional<Error> transient;
    bool in_time = true;
    int attempt = 0;
    while (!writes.empty() && in_time) {
        std::size_t const done_before = settled_;
        std::size_t const sent = writes.size();
        Round round{*this};
        std::span<BatchWrite> rest(writes);
        while (!rest.empty() && !round.stopped && in_time) {
            auto const wave = rest.first(std::min(kMaxWritesPerCall, rest.size()));
            rest = rest.subspan(wave.size());
            round.Send(wave);
            progress(settled_ - before);
            in_time = !deadline_.Passed();
        }
        if (round.failed && !failed) failed = std::move(round.failed);
        if (round.transient) transient = std::move(round.transient);
        if (round.stopped) break;
        std::move(rest.begin(), rest.end(), std::back_inserter(round.again));
        writes = std::move(round.again);
        // A round that got most of its rows through starts the pauses anew.
        attempt = (settled_ - done_before) * 2 >= sent ? 1 : attempt + 1;
        if (!writes.empty() && in_time) in_time = deadline_.Pause(attempt);
    }
    std::size_t const done = settled_ - before;
    if (done == total) return {};
    Error error = failed ? std::move(*failed) : transient.value_or(Error{});
    if (!failed) {
        error.message =
            "the deadline passed" + (transient ? "; last error: " + error.message : std::string());
        error.retryable = true;
    }
    error.code = ErrorCode::kIncomplete;
    error.message = "table " + table_ + ": " + std::to_string(total - done) + " of " +
                    std::to_string(total) + " writes were not acknowledged: " + error.message;
    return Fail(std::move(error));
}

}  // namespace lddynamo::store
