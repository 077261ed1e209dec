#include "client/secure_mode.hpp"

#include "aws/sha256.hpp"

namespace lddynamo::client {

std::string SecureModeHash(Secret const& sdk_key, Context const& context) {
    return aws::Hex(aws::HmacSha256(sdk_key.Reveal(), context.FullyQualifiedKey()));
}

}  // namespace lddynamo::client
