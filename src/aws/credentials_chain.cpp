#include <lddynamo/aws.hpp>

#include <utility>

namespace lddynamo {
namespace {

class CredentialsChain final : public CredentialsProvider {
  public:
    explicit CredentialsChain(std::vector<std::shared_ptr<CredentialsProvider>> providers)
        : providers_(std::move(providers)) {}

    Result<CredentialsAnswer> GetCredentials() override {
        std::string tried;
        for (auto const& provider : providers_) {
            if (!provider) continue;
            auto credentials = provider->GetCredentials();
            if (!credentials || *credentials) return credentials;
            if (!tried.empty()) tried += "; ";
            tried.append(provider->Name()).append(": ").append(credentials->Reason());
        }
        return Fail(ErrorCode::kCredentials,
                    "no AWS credentials; tried: " + (tried.empty() ? "nothing" : tried));
    }
    [[nodiscard]] std::string Name() const override { return "chain"; }

  private:
    std::vector<std::shared_ptr<CredentialsProvider>> const providers_;
};

}  // namespace

std::shared_ptr<CredentialsProvider> MakeCredentialsChain(
    std::vector<std::shared_ptr<CredentialsProvider>> providers) {
    return std::make_shared<CredentialsChain>(std::move(providers));
}

}  // namespace lddynamo
