#include "aws/credentials_document.hpp"

#include <lddynamo/value.hpp>

#include "aws/credentials_check.hpp"
#include "aws/text.hpp"
#include "aws/timestamp.hpp"

#include <utility>

namespace lddynamo::aws {

Result<AwsCredentials> ReadCredentialsDocument(std::string_view text, std::string_view token_name,
                                               std::string_view where) {
    auto const fail = [&](std::string_view what) {
        return Fail(ErrorCode::kCredentials,
                    "credentials from " + std::string(where) + ": " + std::string(what));
    };
    auto const json = Value::Parse(text);
    if (!json || !json->IsObject()) return fail("the answer is not a JSON object");
    AwsCredentials credentials;
    credentials.access_key_id = (*json)["AccessKeyId"].AsString();
    credentials.secret_access_key = Secret((*json)["SecretAccessKey"].AsString());
    credentials.session_token = Secret((*json)[token_name].AsString());
    credentials.account_id = (*json)["AccountId"].AsString();
    Value const& expiration = (*json)["Expiration"];
    if (!expiration.IsNull()) {
        credentials.expiration = ParseIsoTime(expiration.AsString());
        if (!credentials.expiration) {
            return fail("Expiration is not a time such as 2030-01-31T23:59:59Z");
        }
    }
    if (auto status = CheckCredentials(credentials, where); !status) {
        return Fail(std::move(status.error()));
    }
    return credentials;
}

std::string ErrorInDocument(std::string_view text, std::string_view secret) {
    auto const json = Value::Parse(text);
    if (!json) return {};
    auto const either = [&](std::string_view a, std::string_view b) {
        auto const first = (*json)[a].AsString();
        auto const found = first.empty() ? (*json)[b].AsString() : first;
        // Looked at before it is cut: a part of the secret tells too much as well.
        return ShowsPartOf(secret, found) ? std::string() : Printable(found, 300);
    };
    std::string const code = either("Code", "code");
    std::string const message = either("Message", "message");
    if (code.empty() || message.empty()) return code + message;
    return code + ": " + message;
}

}  // namespace lddynamo::aws
