/// @file
/// CredentialsTest: providers with scripted answers, files and programs.
#pragma once

#include "aws/credentials_context.hpp"
#include "aws/default_credentials.hpp"

#include "support/capturing_sink.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lddynamo::aws {

using Map = std::map<std::string, std::string, std::less<>>;

/// Files may change while a test runs; counts what is read.
class ChangeableEnvironment final : public Environment {
  public:
    std::optional<std::string> Get(std::string_view name) const override {
        auto const it = variables.find(name);
        if (it == variables.end()) return std::nullopt;
        return it->second;
    }
    Result<std::string> ReadFile(std::string const& path, std::size_t limit) const override {
        ++reads;
        return MapEnvironment({}, files).ReadFile(path, limit);
    }
    Map variables{{"HOME", "/h"}, {"AWS_REGION", "eu-west-1"}};
    Map files{};
    mutable int reads = 0;
};

class CredentialsTest : public ::testing::Test {
  protected:
    static constexpr std::string_view kLater = "2023-11-14T23:13:20Z";  // an hour after the clock

    /// The default chain, without its cache's memory of earlier calls.
    Result<CredentialsAnswer> Ask(bool is_profile_in_code = false) {
        return MakeDefaultCredentials(Context(), is_profile_in_code)->GetCredentials();
    }
    SharedContext Context() {
        LazyTransport::Factory factory = [this]() -> Result<std::shared_ptr<HttpTransport>> {
            ++transports_made;
            return transport;
        };
        CredentialsContext context{environment, clock,
                                   std::make_shared<ProfileFiles>("", environment),
                                   std::make_shared<LazyTransport>(std::move(factory))};
        context.logger = Logger(sink);
        context.random = [] { return 0.5; };
        context.write_file = [this](std::string const& path, std::string_view text) -> Status {
            if (!can_write) return Fail(ErrorCode::kIo, path + ": read-only");
            environment.files[path] = text;
            return {};
        };
        context.run_process = [this](std::vector<std::string> const& words,
                                     base::ProcessLimits const&) {
            commands.push_back(words);
            return process;
        };
        return std::make_shared<CredentialsContext const>(std::move(context));
    }
    void Config(std::string text) { environment.files["/h/.aws/config"] = std::move(text); }
    std::string Id() {
        auto const answer = Ask();
        if (!answer) return "error: " + answer.error().message;
        return *answer ? (*answer)->access_key_id : "none: " + answer->Reason();
    }
    HttpRequest Sent(std::size_t index) { return transport->SentRequests().at(index).request; }
    static std::string Header(HttpRequest const& request, std::string_view name) {
        for (auto const& [key, value] : request.headers) {
            if (key == name) return value;
        }
        return "";
    }
    static HttpResponse Text(int status, std::string body) {
        return test_support::JsonAnswer(status, std::move(body));
    }
    static HttpResponse StsAnswer(std::string const& action, std::string const& id) {
        return Text(200,
                    "<?xml version=\"1.0\"?><" + action +
                        "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + action +
                        "Result><Credentials><AccessKeyId>" + id +
                        "</AccessKeyId><SecretAccessKey>se&#99;ret</SecretAccessKey>"
                        "<SessionToken>to&amp;ken</SessionToken><Expiration>" +
                        std::string(kLater) +
                        "</Expiration></Credentials><AssumedRoleUser><Arn>"
                        "arn:aws:sts::123456789012:assumed-role/r/s</Arn></AssumedRoleUser></" +
                        action + "Result></" + action + "Response>");
    }
    static HttpResponse StsError(int status, std::string const& code) {
        return Text(status, "<ErrorResponse><Error><Code>" + code +
                                "</Code><Message>sorry</Message></Error>"
                                "<RequestId>req-1</RequestId></ErrorResponse>");
    }

    test_support::FakeClock clock;
    ChangeableEnvironment environment;
    std::shared_ptr<test_support::FakeTransport> transport =
        std::make_shared<test_support::FakeTransport>(clock);
    std::shared_ptr<test_support::CapturingSink> sink =
        std::make_shared<test_support::CapturingSink>();
    int transports_made = 0;
    bool can_write = true;
    std::vector<std::vector<std::string>> commands;
    Result<base::ProcessOutput> process = base::ProcessOutput{};
};

}  // namespace lddynamo::aws
