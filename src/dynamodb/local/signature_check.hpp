/// @file
/// SignatureCheck: whether a request was signed by the one who may.
/// Layer: dynamodb (local service). Source: the service's answers as recorded in dynalite's
/// index.js, and docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
#pragma once

#include "dynamodb/memory/service_error.hpp"
#include "http/http_server.hpp"

#include <lddynamo/aws.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace lddynamo::dynamodb::local {

class SignatureCheck {
  public:
    /// @param region  that requests must be signed for; empty: any.
    SignatureCheck(AwsCredentials credentials, std::string region);

    /// What the service would say; nullopt: the signature is right. Checks in the service's order.
    /// @param now  the service's time; a signature is good for 15 minutes around it.
    [[nodiscard]] std::optional<memory::ServiceError> Refusal(
        http::ServerRequest const& request, std::chrono::system_clock::time_point now) const;

  private:
    AwsCredentials credentials_;
    std::string region_;
};

}  // namespace lddynamo::dynamodb::local
