#include "faults/sim_client.hpp"

#include "support/fake_dynamodb_client.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

namespace lddynamo::faults {
namespace {

using test_support::ErrorOf;
using test_support::MemoryDynamoDb;

class SimClient final : public DynamoDbClient {
  public:
    SimClient(World& world, std::size_t actor, int page_limit)
        : world_(world), actor_(actor), page_limit_(page_limit) {}

    Result<GetItemResponse> GetItem(GetItemRequest const& request) override {
        return Do<GetItemResponse>(
            "GetItem", [request](MemoryDynamoDb& memory) { return memory.GetItem(request); });
    }
    Result<QueryResponse> Query(QueryRequest const& request) override {
        auto paged = request;
        paged.limit = page_limit_;
        return Do<QueryResponse>("Query", [this, paged](MemoryDynamoDb& memory) {
            world_.NoteQuery(world_.current[actor_]);
            return memory.Query(paged);
        });
    }
    Result<BatchGetItemResponse> BatchGetItem(BatchGetItemRequest const& request) override {
        auto part = request;
        std::shuffle(part.keys.begin(), part.keys.end(), world_.Rng());
        std::vector<Item> left;
        for (std::size_t n = world_.Unprocessed(part.keys.size()); n > 0; --n) {
            left.push_back(std::move(part.keys.back()));
            part.keys.pop_back();
        }
        if (part.keys.empty()) return BatchGetItemResponse{.unprocessed_keys = std::move(left)};
        // The service promises no common moment for the keys.
        auto answer = Do<BatchGetItemResponse>("BatchGetItem", [this,
                                                                part](MemoryDynamoDb& memory) {
            Result<BatchGetItemResponse> all = BatchGetItemResponse{};
            auto one = part;
            for (auto const& key : part.keys) {
                one.keys = {key};
                auto found = memory.BatchGetItem(one);
                if (!found) return found;
                std::move(found->items.begin(), found->items.end(), std::back_inserter(all->items));
                if (Chance(world_.Rng(), 30)) world_.Between(actor_);
            }
            return all;
        });
        if (answer) {
            auto& keys = answer->unprocessed_keys;
            keys.insert(keys.end(), left.begin(), left.end());
        }
        return answer;
    }
    Result<WriteResponse> PutItem(PutItemRequest const& request) override {
        return Do<WriteResponse>(
            "PutItem " + KeyOf(request.item),
            [request](MemoryDynamoDb& memory) { return memory.PutItem(request); });
    }
    Result<WriteResponse> DeleteItem(DeleteItemRequest const& request) override {
        return Do<WriteResponse>(
            "DeleteItem " + KeyOf(request.key),
            [request](MemoryDynamoDb& memory) { return memory.DeleteItem(request); });
    }
    Result<BatchWriteItemResponse> BatchWriteItem(BatchWriteItemRequest const& request) override {
        if (world_.IsDead(actor_)) return Fail(KilledError());
        std::size_t const operation = world_.current[actor_];
        auto writes = request.writes;
        std::shuffle(writes.begin(), writes.end(), world_.Rng());
        Fate const fate = world_.Meet(actor_, "BatchWriteItem");
        BatchWriteItemResponse response;
        std::size_t left = 0;
        switch (fate) {
            case Fate::kThrottle:
                return Fail(ErrorOf(ErrorCode::kThrottled));
            case Fate::kLostBefore:
                return Fail(ErrorOf(ErrorCode::kConnection));
            case Fate::kKilledBefore:
                return Fail(KilledError());
            case Fate::kLate:
                for (auto& write : writes) {
                    world_.ApplyLate(operation, Single(request.table, std::move(write)));
                }
                return Fail(ErrorOf(ErrorCode::kTimeout));
            case Fate::kNormal:
                left = world_.Unprocessed(writes.size());
                break;
            case Fate::kLostAfter:
            case Fate::kKilledAfter:
                left = Below(world_.Rng(), writes.size());
                break;
        }
        for (; left > 0; --left) {
            response.unprocessed.push_back(std::move(writes.back()));
            writes.pop_back();
        }
        for (auto& write : writes) {
            world_.Apply(operation, Single(request.table, std::move(write)));
            if (Chance(world_.Rng(), 30)) world_.Between(actor_);
        }
        if (fate == Fate::kLostAfter) return Fail(ErrorOf(ErrorCode::kConnection));
        if (fate == Fate::kKilledAfter) return Fail(KilledError());
        return response;
    }
    Status TransactWriteItems(TransactWriteItemsRequest const&) override { return Unexpected(); }
    Result<TableDescription> DescribeTable(std::string const&) override { return Unexpected(); }
    Result<TableDescription> CreateTable(CreateTableRequest const&) override {
        return Unexpected();
    }
    Status DeleteTable(std::string const&) override { return Unexpected(); }

  private:
    static tl::unexpected<Error> Unexpected() {
        return Fail(ErrorCode::kInternal, "the store did what the suite does not know");
    }
    static std::string KeyOf(Item const& item) {
        auto const* const key = FindAttribute(item, "key");
        return key != nullptr && key->AsS() != nullptr ? *key->AsS() : std::string();
    }
    static std::function<void(MemoryDynamoDb&)> Single(std::string table, BatchWrite write) {
        return [request =
                    BatchWriteItemRequest{.table = std::move(table), .writes = {std::move(write)}}](
                   MemoryDynamoDb& memory) { (void)memory.BatchWriteItem(request); };
    }

    template <class Response, class Perform>
    Result<Response> Do(std::string const& name, Perform perform) {
        bool lost = false;
        for (;;) {
            if (world_.IsDead(actor_)) return Fail(KilledError());
            std::size_t const operation = world_.current[actor_];
            Result<Response> answer = Fail(ErrorOf(ErrorCode::kConnection));
            auto const run = [&](MemoryDynamoDb& memory) { answer = perform(memory); };
            switch (world_.Meet(actor_, name)) {
                case Fate::kNormal:
                    world_.Apply(operation, run);
                    if constexpr (std::is_same_v<Response, WriteResponse>) {
                        if (answer) answer->ambiguous = answer->condition_failed && lost;
                    }
                    return answer;
                case Fate::kThrottle:
                    answer = Fail(ErrorOf(ErrorCode::kThrottled));
                    break;
                case Fate::kLostBefore:
                    lost = true;
                    break;
                case Fate::kLostAfter:
                    world_.Apply(operation, run);
                    answer = Fail(ErrorOf(ErrorCode::kConnection));
                    lost = true;
                    break;
                case Fate::kLate:
                    if constexpr (std::is_same_v<Response, WriteResponse>) {  // not for reads
                        world_.ApplyLate(operation, [perform](MemoryDynamoDb& memory) {
                            (void)perform(memory);
                        });
                    }
                    answer = Fail(ErrorOf(ErrorCode::kTimeout));
                    lost = true;
                    break;
                case Fate::kKilledAfter:
                    world_.Apply(operation, run);
                    return Fail(KilledError());
                case Fate::kKilledBefore:
                    return Fail(KilledError());
            }
            if (Chance(world_.Rng(), 20)) return answer;  // its attempts are used up
        }
    }

    World& world_;
    std::size_t const actor_;
    int const page_limit_;
};

}  // namespace

Error KilledError() {
    return ErrorOf(ErrorCode::kTls, "this writer was killed");
}

std::shared_ptr<DynamoDbClient> MakeSimClient(World& world, std::size_t actor, int page_limit) {
    return std::make_shared<SimClient>(world, actor, page_limit);
}

}  // namespace lddynamo::faults
