/// @file
/// Result, Status and Error: how every fallible function of lddynamo answers.
/// Layer: base.
///
/// Three shapes are never mixed: absent is an empty std::optional, a lost race is an outcome
/// (for example UpsertOutcome::kStale), and only what failed is an Error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace lddynamo {

/// What went wrong, for programs. The set may grow; treat an unknown value as kInternal.
enum class ErrorCode : std::uint8_t {
    kInvalidArgument,  ///< The caller's input or configuration, found here or by the service.
    kInvalidData,      ///< A document, row or answer that cannot be understood.
    kTooLarge,         ///< Over a size limit that the message names.
    kNotFound,         ///< A table, file or other named thing does not exist.
    kAlreadyExists,    ///< It exists, and differs from what was asked for.
    kConditionFailed,  ///< A conditional write found another row.
    kConflict,         ///< A transaction, or another writer, is in the way.
    kThrottled,        ///< The service asked to slow down, and attempts are used up.
    kUnavailable,      ///< The service failed (5xx), and attempts are used up.
    kConnection,       ///< No connection, or it broke.
    kTimeout,          ///< A deadline passed.
    kCancelled,        ///< The caller asked for a stop; a write may have been done all the same.
    kTls,              ///< The TLS handshake or the verification of the peer failed.
    kCredentials,      ///< No credentials, or the service does not accept them.
    kAccessDenied,     ///< Credentials are fine, the permission is missing.
    kIncomplete,       ///< Part of a write was not acknowledged; the message says how much.
    kService,          ///< Any other error that the service named.
    kIo,               ///< A local file or socket.
    kInternal,         ///< A fault of lddynamo itself.
};

/// The name of a code in lower case with dashes, such as "invalid-argument". Never fails.
[[nodiscard]] std::string_view ToString(ErrorCode code) noexcept;

/// A failure. Carries no secret in any field.
struct Error {
    ErrorCode code = ErrorCode::kInternal;
    std::string message{};       ///< One line for people: what and where.
    int http_status = 0;         ///< 0 when no HTTP answer was received.
    std::string service_code{};  ///< AWS's own code, such as "ResourceNotFoundException".
    std::string request_id{};    ///< AWS's request id.
    bool retryable = false;      ///< The same call may succeed later.

    /// "code: message (service code, HTTP status, request id)", with what is known.
    [[nodiscard]] std::string Describe() const;
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

/// Makes the failed Result of any T.
[[nodiscard]] inline tl::unexpected<Error> Fail(ErrorCode code, std::string message) {
    Error error;
    error.code = code;
    error.message = std::move(message);
    return tl::unexpected<Error>(std::move(error));
}
[[nodiscard]] inline tl::unexpected<Error> Fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

}  // namespace lddynamo
