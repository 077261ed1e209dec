#include <lddynamo/dynamodb_client.hpp>

namespace lddynamo {
namespace {

template <class Response, class Request, class One>
std::vector<Result<Response>> OneAfterAnother(std::span<Request const> requests, One const& one) {
    std::vector<Result<Response>> responses;
    responses.reserve(requests.size());
    for (Request const& request : requests) responses.push_back(one(request));
    return responses;
}

}  // namespace

Result<ScanResponse> DynamoDbClient::Scan(ScanRequest const& request) {
    return Fail(ErrorCode::kInvalidArgument,
                "table " + request.table + ": this DynamoDbClient has no Scan");
}

std::vector<Result<QueryResponse>> DynamoDbClient::QueryMany(
    std::span<QueryRequest const> requests) {
    return OneAfterAnother<QueryResponse>(
        requests, [this](QueryRequest const& request) { return Query(request); });
}

std::vector<Result<BatchGetItemResponse>> DynamoDbClient::BatchGetItemMany(
    std::span<BatchGetItemRequest const> requests) {
    return OneAfterAnother<BatchGetItemResponse>(
        requests, [this](BatchGetItemRequest const& request) { return BatchGetItem(request); });
}

std::vector<Result<BatchWriteItemResponse>> DynamoDbClient::BatchWriteItemMany(
    std::span<BatchWriteItemRequest const> requests) {
    return OneAfterAnother<BatchWriteItemResponse>(
        requests, [this](BatchWriteItemRequest const& request) { return BatchWriteItem(request); });
}

}  // namespace lddynamo
