/// @file
/// DynamoDB's error answers, understood.
/// Layer: dynamodb. Source:
/// docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
#pragma once

#include <lddynamo/attribute_value.hpp>
#include <lddynamo/http_transport.hpp>
#include <lddynamo/result.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lddynamo::dynamodb {

/// Our code for a service's code; `http_status` decides when that is empty or unknown.
/// @param operation  "CreateTable".
/// @param message    the service's message: some codes cover several cases.
[[nodiscard]] ErrorCode CodeOf(std::string_view service_code, std::string_view operation,
                               std::string_view message, int http_status) noexcept;

/// What a TransactionCanceledException comes to, by the codes of its reasons: a condition that
/// failed or an invalid write counts before a conflict that may pass.
[[nodiscard]] ErrorCode CodeOfCancellation(std::span<std::string_view const> reasons) noexcept;

/// "com.amazonaws.dynamodb.v20120810#ValidationException:http://..." to "ValidationException".
[[nodiscard]] std::string_view ShortErrorType(std::string_view type) noexcept;

/// What is not to be seen in messages, even when a service repeats it.
struct Redaction {
    std::string_view secret{};
    std::string_view token{};
    /// The start of `text`, far more of it than is ever shown, with "***" for what repeats a part
    /// of either.
    [[nodiscard]] std::string Apply(std::string_view text) const;
};

struct ServiceError {
    Error error{};
    std::optional<Item> item{};  ///< Of ConditionalCheckFailedException.
    bool is_contention = false;  ///< A cancelled transaction whose every reason is a passing one.
};

/// Reads an answer whose status is not 2xx: any body at all.
[[nodiscard]] ServiceError ReadServiceError(std::string_view operation, HttpResponse const& answer,
                                            Redaction const& redaction);

/// What a body is that is not the expected JSON, in a few words: "it is empty", "it looks like
/// HTML, ...".
[[nodiscard]] std::string DescribeForeignBody(std::string_view body, Redaction const& redaction);

}  // namespace lddynamo::dynamodb
