/// @file
/// What the cached provider offers beyond its public interface.
/// Layer: aws.
#pragma once

#include <lddynamo/aws.hpp>

#include <string_view>

namespace lddynamo::aws {

/// A provider whose credentials can be turned down by the service.
class RejectableCredentials : public CredentialsProvider {
  public:
    /// The service says that these have expired: the next GetCredentials asks the source again.
    /// Does nothing when other credentials are in use by now.
    virtual void Reject(std::string_view access_key_id) = 0;
};

}  // namespace lddynamo::aws
