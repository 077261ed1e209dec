#include "aws/process_credentials.hpp"

#include <lddynamo/value.hpp>

#include "aws/command_words.hpp"
#include "aws/credentials_document.hpp"
#include "aws/text.hpp"
#include "base/redact.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

namespace lddynamo::aws {
namespace {

constexpr std::size_t kMaxPrinted = 65536;

}  // namespace

Result<AwsCredentials> FetchFromProcess(CredentialsContext const& context,
                                        std::string const& command, std::string const& where) {
    // Neither the command, which may hold a secret, nor what it prints is repeated.
    auto const fail = [&](std::string const& what) {
        return Fail(ErrorCode::kCredentials, "credential_process of " + where + ": " + what);
    };
    auto const words = SplitCommand(command);
    if (!words) return fail(words.error().message);
    auto const done = context.run_process(*words, {.stop = context.stop});
    if (!done) return fail(done.error().message);
    if (done->exit_code != 0) {
        // Whatever it printed may have been a key; far more of it than stderr is kept of.
        std::string_view const printed = std::string_view(done->output).substr(0, kMaxPrinted);
        std::string const text =
            Printable(base::WithoutSecrets(done->error_text, {&printed, 1}), 500);
        return fail("it ended with " + std::to_string(done->exit_code) +
                    (text.empty() ? "" : ": " + text));
    }
    auto const json = Value::Parse(done->output);
    if (!json || !json->IsObject()) return fail("it printed no JSON object");
    Value const& version = (*json)["Version"];
    if (!version.IsInt() || version.AsInt64() != 1) return fail("it did not print \"Version\": 1");
    auto credentials =
        ReadCredentialsDocument(done->output, "SessionToken", "credential_process of " + where);
    if (!credentials) return credentials;
    if (credentials->expiration && *credentials->expiration <= context.clock.Now()) {
        return fail("the credentials that it printed have expired");
    }
    return credentials;
}

}  // namespace lddynamo::aws
