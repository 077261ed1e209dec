/// @file
/// Asking the instance metadata service (IMDS) of EC2.
/// Layer: aws. Source: docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
#pragma once

#include <lddynamo/http_transport.hpp>
#include <lddynamo/result.hpp>

#include "aws/credentials_context.hpp"
#include "aws/instance_metadata.hpp"

#include <functional>
#include <string>
#include <utility>

namespace lddynamo::aws {

/// Version 2 of the service, and version 1 where it gives no session token. Never through a proxy.
/// Each exchange takes at most `settings.attempts` times `settings.timeout`, and pauses.
class InstanceMetadataClient {
  public:
    struct Token {
        std::string text{};  ///< Empty: version 1 of the service, without tokens.
        bool reachable = true;
    };

    /// @param context  outlives this.
    InstanceMetadataClient(CredentialsContext const& context, InstanceMetadataSettings settings)
        : context_(context), settings_(std::move(settings)) {}

    /// @retval ErrorCode::kCredentials  the service answers, and refuses.
    [[nodiscard]] Result<Token> GetToken() const;
    /// @param path  "/latest/meta-data/placement/region".
    [[nodiscard]] Result<HttpResponse> Get(Token const& token, std::string const& path) const;
    /// "no answer from http://169.254.169.254 within 1 s"
    [[nodiscard]] std::string Silence() const;
    [[nodiscard]] InstanceMetadataSettings const& Settings() const noexcept { return settings_; }

    /// Whether it means that there is no such service here.
    [[nodiscard]] static bool IsSilence(Error const& error) noexcept {
        return error.code == ErrorCode::kTimeout || error.code == ErrorCode::kConnection;
    }

  private:
    [[nodiscard]] Result<HttpResponse> Send(std::function<HttpRequest()> const& make) const;

    CredentialsContext const& context_;
    InstanceMetadataSettings const settings_;
};

/// The region that this instance runs in.
/// @return the region, which CheckRegion accepts.
/// @retval ErrorCode::kInvalidArgument  it could not be found out; the message says why.
[[nodiscard]] Result<std::string> FetchInstanceRegion(CredentialsContext const& context);

}  // namespace lddynamo::aws
