#include "aws/credentials_check.hpp"

#include <string>

namespace lddynamo::aws {
namespace {

bool IsPlain(std::string_view text) noexcept {
    for (char const c : text) {
        if (c <= ' ' || c > '~') return false;
    }
    return true;
}

tl::unexpected<Error> Bad(std::string_view where, std::string_view what) {
    return Fail(ErrorCode::kCredentials,
                "credentials from " + std::string(where) + ": " + std::string(what));
}

}  // namespace

Status CheckCredentials(AwsCredentials const& credentials, std::string_view where) {
    if (credentials.access_key_id.empty()) return Bad(where, "the access key id is missing");
    if (credentials.secret_access_key.Empty())
        return Bad(where, "the secret access key is missing");
    if (!IsPlain(credentials.access_key_id)) {
        return Bad(where,
                   "the access key id contains a space, a line break or another character "
                   "that no key has");
    }
    if (!IsPlain(credentials.secret_access_key.Reveal())) {
        return Bad(where,
                   "the secret access key contains a space, a line break or another "
                   "character that no key has");
    }
    if (!IsPlain(credentials.session_token.Reveal())) {
        return Bad(where,
                   "the session token contains a space, a line break or another character "
                   "that no token has");
    }
    return {};
}

}  // namespace lddynamo::aws
