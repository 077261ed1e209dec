/// @file
/// What credentials providers work with; everything in it can be faked.
/// Layer: aws.
#pragma once

#include <lddynamo/aws.hpp>
#include <lddynamo/http_transport.hpp>

#include "aws/endpoint.hpp"
#include "aws/profile_files.hpp"
#include "base/private_file.hpp"
#include "base/process.hpp"
#include "base/random.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::aws {

/// A transport that is made when first needed: most programs never need one for credentials.
/// @par Thread safety  All methods may be called from any thread at once.
class LazyTransport {
  public:
    using Factory = std::function<Result<std::shared_ptr<HttpTransport>>()>;
    explicit LazyTransport(Factory factory) : factory_(std::move(factory)) {}
    [[nodiscard]] Result<std::shared_ptr<HttpTransport>> Get();

  private:
    Factory const factory_;
    std::mutex mutex_;
    std::shared_ptr<HttpTransport> transport_;  // guarded by mutex_
};

struct CredentialsContext {
    Environment const& environment;
    Clock& clock;
    std::shared_ptr<ProfileFiles> files;       ///< Shared with the look-up of region and endpoint.
    std::shared_ptr<LazyTransport> transport;  ///< Shared by all providers.
    std::string region{};                      ///< Given in code, or empty.
    bool region_from_instance = false;         ///< AwsConfig::region_from_instance_metadata
    Logger logger{};
    /// Once stopped, no further attempt is made and no process waited for.
    std::stop_token stop{};
    base::RandomFraction random = base::RandomUnit;
    std::function<Status(std::string const&, std::string_view)> write_file = base::WritePrivateFile;
    std::function<Result<base::ProcessOutput>(std::vector<std::string> const&,
                                              base::ProcessLimits const&)>
        run_process = base::RunProcess;
};
using SharedContext = std::shared_ptr<CredentialsContext const>;

/// A context for `config`.
/// @param transport  nullptr: one that `stop` stops, made when first needed.
[[nodiscard]] SharedContext MakeCredentialsContext(AwsConfig const& config,
                                                   std::shared_ptr<ProfileFiles> files,
                                                   std::shared_ptr<HttpTransport> transport,
                                                   std::stop_token stop = {});

/// How often and when an exchange is repeated.
struct ExchangePolicy {
    int attempts = 3;
    /// Between two attempts; zero: AWS's back-off with jitter.
    std::chrono::milliseconds pause{0};
    /// Whether an answer deserves another attempt. Failed exchanges always do.
    std::function<bool(HttpResponse const&)> is_transient{};
};
/// Sends what `make` gives, anew for each attempt; sleeps in between.
[[nodiscard]] Result<HttpResponse> Exchange(CredentialsContext const& context,
                                            std::function<HttpRequest()> const& make,
                                            ExchangePolicy const& policy);

/// The region for STS: code, environment, profile, and if so asked for the instance's. Region
/// "local" (DynamoDB local) has no STS: us-east-1.
[[nodiscard]] Result<std::string> CredentialsRegion(CredentialsContext const& context);

/// What a variable or, without one, a property of the selected profile says; trimmed, empty when
/// neither does. Profile files that cannot be read count as empty.
[[nodiscard]] std::string Setting(Environment const& environment, ProfileFiles& files,
                                  std::string_view variable, std::string_view property);

/// Percent-encodes all but A-Z a-z 0-9 - . _ ~.
[[nodiscard]] std::string EncodeUri(std::string_view text);

}  // namespace lddynamo::aws
