// Prints what the default chain finds in this process's environment, for comparison with botocore:
// one JSON object with access_key_id and source, or with error.
#include <lddynamo/lddynamo.hpp>

#include <cstdio>

int main() {
    lddynamo::AwsConfig const config;
    auto const answer = lddynamo::MakeDefaultCredentials(config)->GetCredentials();
    std::string text;
    if (!answer) {
        text = lddynamo::Value::Object({{"error", answer.error().message}}).ToJson();
    } else {
        lddynamo::AwsCredentials const& found = **answer;
        text = lddynamo::Value::Object({{"access_key_id", found.access_key_id},
                                        {"secret_access_key", found.secret_access_key.Reveal()},
                                        {"session_token", found.session_token.Reveal()},
                                        {"source", found.source}})
                   .ToJson();
    }
    std::puts(text.c_str());
    return 0;
}
