/// @file
/// RequestSigner: AWS Signature Version 4.
/// Layer: aws. Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
#pragma once

#include <lddynamo/aws.hpp>
#include <lddynamo/http_transport.hpp>

#include "aws/sha256.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace lddynamo::aws {

/// What a signature is for.
struct SigningScope {
    std::string_view region{};
    std::string_view service{};
};

/// Where the request goes, as the request line and the Host header say it.
struct SigningTarget {
    std::string_view host_header{};
    std::string_view target{};  ///< Path and query, beginning with '/'.
};

/// Signs requests, and remembers the keys derived for the day.
/// @par Thread safety  All methods may be called from any thread at once.
class RequestSigner {
  public:
    RequestSigner() = default;
    RequestSigner(RequestSigner const&) = delete;
    RequestSigner& operator=(RequestSigner const&) = delete;
    ~RequestSigner();

    /// Sets Host, X-Amz-Date, X-Amz-Security-Token (when there is one) and Authorization; replaces
    /// those of an earlier signature. Signs all headers that `request` has now, but those that
    /// CanonicalizeHeaders leaves out; headers added later are not signed.
    void Sign(HttpRequest& request, SigningTarget const& target, AwsCredentials const& credentials,
              SigningScope const& scope, std::chrono::system_clock::time_point time);

  private:
    struct KnownKey {
        Secret secret{};
        std::string scope{};  ///< "20150830/us-east-1/service"
        Digest key{};
    };
    [[nodiscard]] Digest SigningKey(Secret const& secret, std::string_view date,
                                    SigningScope const& scope);

    std::mutex mutex_;
    std::array<KnownKey, 4> known_;  // guarded by mutex_
    std::size_t next_ = 0;           // guarded by mutex_: the entry to be replaced
};

}  // namespace lddynamo::aws
