#include <lddynamo/dynamodb_feature_store.hpp>

#include "store/names.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace lddynamo {
namespace {

KeySchema NeededKeys() {
    return {.partition_key = std::string(store::kNamespace), .sort_key = std::string(store::kKey)};
}

/// "`namespace` (S) and `key` (S)"
std::string Describe(KeySchema const& keys) {
    std::string text = "partition key `" + keys.partition_key + "` (" + keys.partition_type + ")";
    if (keys.sort_key.empty()) return text + " and no sort key";
    return text + " and sort key `" + keys.sort_key + "` (" + keys.sort_type + ")";
}

std::string WrongKeys(std::string const& table, KeySchema const& keys) {
    return "table " + table + " has " + Describe(keys) + "; a store needs " +
           Describe(NeededKeys());
}

/// "create", "describe": what failed is named in front of the service's words.
Error Explain(Error error, std::string const& verb, std::string const& table) {
    error.message = verb + " table " + table + ": " + error.message;
    return error;
}

}  // namespace

Status CheckFeatureTable(DynamoDbClient& client, std::string const& table) {
    auto described = client.DescribeTable(table);
    if (!described) {
        Error error = std::move(described.error());
        if (error.code == ErrorCode::kNotFound) {
            error.message = "table " + table + " does not exist: " + error.message;
            return Fail(std::move(error));
        }
        return Fail(Explain(std::move(error), "describe", table));
    }
    if (described->keys != NeededKeys()) {
        return Fail(ErrorCode::kInvalidArgument, WrongKeys(table, described->keys));
    }
    return {};
}

Result<bool> CreateFeatureTable(DynamoDbClient& client, std::string const& table, Clock& clock,
                                std::chrono::milliseconds timeout) {
    auto const start = clock.SteadyNow();
    bool created = false;
    std::string status = "not seen yet";
    for (std::chrono::milliseconds pause{250};;
         pause = std::min<std::chrono::milliseconds>(pause * 2, std::chrono::seconds(5))) {
        auto described = client.DescribeTable(table);
        if (described) {
            status = described->status;
            if (status != "DELETING" && described->keys != NeededKeys()) {
                return Fail(ErrorCode::kAlreadyExists, WrongKeys(table, described->keys));
            }
            if (status == "ACTIVE" || status == "UPDATING") return created;
            if (status != "CREATING" && status != "DELETING") {
                return Fail(ErrorCode::kUnavailable, "table " + table + " is in state " + status);
            }
        } else if (described.error().code != ErrorCode::kNotFound) {
            return Fail(Explain(std::move(described.error()), "describe", table));
        } else if (!created) {
            auto made = client.CreateTable({.table = table, .keys = NeededKeys()});
            if (made) {
                created = true;
                status = made->status;
                if (status == "ACTIVE") return true;
            } else if (made.error().code != ErrorCode::kAlreadyExists) {
                return Fail(Explain(std::move(made.error()), "create", table));
            }  // else: somebody else was quicker, or it is still being deleted
        }
        auto const left = timeout - (clock.SteadyNow() - start);
        if (left.count() <= 0) {
            Error error;
            error.code = ErrorCode::kTimeout;
            error.message = "table " + table + " is not ACTIVE after " +
                            std::to_string(timeout.count()) + " ms (state: " + status + ")";
            error.retryable = true;
            return Fail(std::move(error));
        }
        clock.Sleep(std::min<std::chrono::nanoseconds>(pause, left));
    }
}

}  // namespace lddynamo
