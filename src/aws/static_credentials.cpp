#include <lddynamo/aws.hpp>

#include "aws/credentials_check.hpp"

#include <utility>

namespace lddynamo {
namespace {

class StaticCredentials final : public CredentialsProvider {
  public:
    explicit StaticCredentials(AwsCredentials credentials) : credentials_(std::move(credentials)) {
        if (credentials_.source.empty()) credentials_.source = "code";
    }
    Result<CredentialsAnswer> GetCredentials() override {
        if (auto status = aws::CheckCredentials(credentials_, credentials_.source); !status) {
            return Fail(std::move(status.error()));
        }
        return credentials_;
    }
    [[nodiscard]] std::string Name() const override { return "code"; }

  private:
    AwsCredentials credentials_;  // constant after construction
};

}  // namespace

std::shared_ptr<CredentialsProvider> MakeStaticCredentials(AwsCredentials credentials) {
    return std::make_shared<StaticCredentials>(std::move(credentials));
}

}  // namespace lddynamo
