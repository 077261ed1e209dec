/// @file
/// ServiceError: how the in-memory service says no, in the service's own words.
/// Layer: dynamodb (in-memory service).
#pragma once

#include <lddynamo/attribute_value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace lddynamo::dynamodb::memory {

/// Why one action of a transaction was refused; code "None" when it was not.
struct CancellationReason {
    std::string code = "None";
    std::string message{};
    std::optional<Item> item{};
};

struct ServiceError {
    std::string code = "ValidationException";  ///< Without its name space.
    std::string message{};
    int http_status = 400;
    std::optional<Item> item{};                 ///< ConditionalCheckFailedException
    std::vector<CancellationReason> reasons{};  ///< TransactionCanceledException
};

template <class T>
using Outcome = tl::expected<T, ServiceError>;

[[nodiscard]] inline tl::unexpected<ServiceError> Refuse(ServiceError error) {
    return tl::unexpected<ServiceError>(std::move(error));
}
[[nodiscard]] inline tl::unexpected<ServiceError> Refuse(std::string_view code,
                                                         std::string message) {
    ServiceError error;
    error.code = code;
    error.message = std::move(message);
    return tl::unexpected<ServiceError>(std::move(error));
}
[[nodiscard]] inline tl::unexpected<ServiceError> Invalid(std::string message) {
    return Refuse("ValidationException", std::move(message));
}

}  // namespace lddynamo::dynamodb::memory
