#include "faults/mutants.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace lddynamo::faults {
namespace {

class SpoiledClient final : public DynamoDbClient {
  public:
    SpoiledClient(std::shared_ptr<DynamoDbClient> inner, Mutant mutant)
        : inner_(std::move(inner)), mutant_(mutant) {}

    Result<GetItemResponse> GetItem(GetItemRequest const& request) override {
        if (mutant_ != Mutant::kRemembersReads) return inner_->GetItem(request);
        auto const& key = *request.key.at("key").AsS();
        if (auto const it = remembered_.find(key); it != remembered_.end()) return it->second;
        auto answer = inner_->GetItem(request);
        if (answer) remembered_.emplace(key, *answer);
        return answer;
    }
    Result<QueryResponse> Query(QueryRequest const& request) override {
        return inner_->Query(request);
    }
    Result<BatchGetItemResponse> BatchGetItem(BatchGetItemRequest const& request) override {
        auto answer = inner_->BatchGetItem(request);
        if (answer && mutant_ == Mutant::kDropsUnprocessed) answer->unprocessed_keys.clear();
        return answer;
    }
    Result<WriteResponse> PutItem(PutItemRequest const& request) override {
        auto changed = request;
        bool const is_upsert = request.condition_expression.find("#ns") != std::string::npos;
        if (!is_upsert) MarkFirst(request.item);
        if ((is_upsert && mutant_ == Mutant::kNoUpsertCondition) ||
            (!is_upsert && mutant_ == Mutant::kNoInitGuard)) {
            changed.condition_expression.clear();
            changed.names.clear();
            changed.values.clear();
            changed.return_old_on_condition_failure = false;
        }
        auto answer = inner_->PutItem(changed);
        if (answer && mutant_ == Mutant::kAmbiguousIsStale) answer->ambiguous = false;
        return answer;
    }
    Result<WriteResponse> DeleteItem(DeleteItemRequest const& request) override {
        return inner_->DeleteItem(request);
    }
    Result<BatchWriteItemResponse> BatchWriteItem(BatchWriteItemRequest const& request) override {
        MarkFirst(request.writes.front().item);
        auto answer = inner_->BatchWriteItem(request);
        if (answer && mutant_ == Mutant::kDropsUnprocessed) answer->unprocessed.clear();
        return answer;
    }
    Status TransactWriteItems(TransactWriteItemsRequest const& request) override {
        return inner_->TransactWriteItems(request);
    }
    Result<TableDescription> DescribeTable(std::string const& table) override {
        return inner_->DescribeTable(table);
    }
    Result<TableDescription> CreateTable(CreateTableRequest const& request) override {
        return inner_->CreateTable(request);
    }
    Status DeleteTable(std::string const& table) override { return inner_->DeleteTable(table); }

  private:
    void MarkFirst(Item const& item) {
        if (mutant_ != Mutant::kMarkerFirst || item.count("item") == 0) return;
        if (std::exchange(marked_, true)) return;
        auto const marker = AttributeValue::S("$inited");
        (void)inner_->PutItem({.table = "flags", .item = {{"namespace", marker}, {"key", marker}}});
    }

    std::shared_ptr<DynamoDbClient> inner_;
    Mutant const mutant_;
    bool marked_ = false;
    std::map<std::string, GetItemResponse> remembered_;
};

class DeletesFirst final : public FeatureStore {
  public:
    explicit DeletesFirst(std::unique_ptr<FeatureStore> inner) : inner_(std::move(inner)) {}
    Result<InitReport> Init(StoreData const& data) override {
        if (auto emptied = inner_->Init({}); !emptied) return emptied;
        return inner_->Init(data);
    }
    Result<bool> Initialized() override { return inner_->Initialized(); }
    Result<std::optional<SerializedItem>> Get(DataKind kind, std::string_view key) override {
        return inner_->Get(kind, key);
    }
    Result<AllItems> All(DataKind kind) override { return inner_->All(kind); }
    Result<UpsertOutcome> Upsert(DataKind kind, std::string_view key,
                                 SerializedItem const& item) override {
        return inner_->Upsert(kind, key, item);
    }

  private:
    std::unique_ptr<FeatureStore> inner_;
};

}  // namespace

std::shared_ptr<DynamoDbClient> Spoil(std::shared_ptr<DynamoDbClient> client, Mutant mutant) {
    if (mutant == Mutant::kNone || mutant == Mutant::kDeletesFirst ||
        mutant == Mutant::kBatchesBesideOthers) {
        return client;
    }
    return std::make_shared<SpoiledClient>(std::move(client), mutant);
}

std::unique_ptr<FeatureStore> Spoil(std::unique_ptr<FeatureStore> store, Mutant mutant) {
    if (mutant != Mutant::kDeletesFirst) return store;
    return std::make_unique<DeletesFirst>(std::move(store));
}

}  // namespace lddynamo::faults
