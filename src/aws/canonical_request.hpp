/// @file
/// The canonical form of a request that Signature Version 4 hashes.
/// Layer: aws. Source:
/// docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include <lddynamo/http_transport.hpp>

#include <string>
#include <string_view>

namespace lddynamo::aws {

/// Path without "." and ".." segments and doubled slashes, then percent-encoded once more, as every
/// service but S3 wants it.
/// @param path  as sent, without the query.
[[nodiscard]] std::string CanonicalPath(std::string_view path);
/// Parameters sorted by name and value. Escapes of the query are kept, other reserved bytes are
/// escaped.
/// @param query  as sent, without '?'.
[[nodiscard]] std::string CanonicalQuery(std::string_view query);

struct CanonicalHeaders {
    std::string lines{};  ///< "name:value\n" each, sorted by name.
    std::string names{};  ///< "a;b;c"
};
/// Every header but those that may change on the way (Connection, Expect, Transfer-Encoding,
/// User-Agent, X-Amzn-Trace-Id) and Authorization.
[[nodiscard]] CanonicalHeaders CanonicalizeHeaders(HttpHeaders const& headers);

/// @param target  path and query as sent, beginning with '/'.
[[nodiscard]] std::string CanonicalRequest(std::string_view method, std::string_view target,
                                           CanonicalHeaders const& headers,
                                           std::string_view body_sha256);

}  // namespace lddynamo::aws
