// Lets Python ask our AWS code: one JSON object a line on stdin, one line of text each on stdout.
//
//   {"op":"sign","method","host","target","headers":[[name,value],...],"body","key","secret",
//    "token","region","service","time"}            -> the Authorization header
//   {"op":"endpoint","service","region","url","fips","dual","mode","account","arn"}
//                                                  -> "URL signing-region", or "error: ..."
//   {"op":"limiter","start","steps":[[seconds],[seconds,is_throttled],...]}
//       one number a step: the wait before a sending, or the rate after an answer

#include "aws/dynamodb_endpoint.hpp"
#include "aws/rate_limiter.hpp"
#include "aws/service_endpoint.hpp"
#include "aws/sigv4.hpp"
#include "aws/timestamp.hpp"
#include "http/http_message.hpp"

#include <lddynamo/value.hpp>

#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>

namespace {

using namespace lddynamo;

std::string Text(Value const& object, std::string_view name) {
    return std::string(object[name].AsString());
}

std::string Sign(aws::RequestSigner& signer, Value const& in) {
    HttpRequest request;
    request.method = Text(in, "method");
    request.body = Text(in, "body");
    for (Value const& header : in["headers"].AsArray()) {
        request.headers.emplace_back(header.AsArray()[0].AsString(),
                                     header.AsArray()[1].AsString());
    }
    AwsCredentials credentials;
    credentials.access_key_id = Text(in, "key");
    credentials.secret_access_key = Secret(in["secret"].AsString());
    credentials.session_token = Secret(in["token"].AsString());
    auto const time = aws::ParseIsoTime(in["time"].AsString());
    if (!time) return "error: the time";
    signer.Sign(request, {in["host"].AsString(), in["target"].AsString()}, credentials,
                {in["region"].AsString(), in["service"].AsString()}, *time);
    auto const* const authorization = http::FindHeader(request.headers, "Authorization");
    return authorization != nullptr ? *authorization : "error: not signed";
}

aws::Service ServiceOf(std::string_view name) {
    if (name == "sts") return aws::Service::kSts;
    if (name == "sso") return aws::Service::kSso;
    if (name == "sso-oidc") return aws::Service::kSsoOidc;
    return aws::Service::kDynamoDb;
}

Result<aws::Endpoint> Resolve(Value const& in) {
    aws::EndpointSettings settings;
    if (Value const* const url = in.Find("url")) {
        auto custom = aws::ParseEndpoint(url->AsString(), "code");
        if (!custom) return custom;
        settings.custom = *custom;
    }
    settings.use_fips = in["fips"].AsBool();
    settings.use_dual_stack = in["dual"].AsBool();
    std::string_view const region = in["region"].AsString();
    aws::Service const service = ServiceOf(in["service"].AsString());
    if (service != aws::Service::kDynamoDb) {
        return aws::RegionalEndpoint(service, region, settings);
    }
    aws::EndpointAccount account;
    std::string_view const mode = in["mode"].AsString();
    if (mode == "preferred") account.mode = AccountIdEndpointMode::kPreferred;
    if (mode == "required") account.mode = AccountIdEndpointMode::kRequired;
    if (Value const* const id = in.Find("account")) account.account_id = id->AsString();
    account.resource_arn = in["arn"].AsString();
    return aws::DynamoDbEndpoint(region, settings, account);
}

std::string DescribeEndpoint(Value const& in) {
    auto const endpoint = Resolve(in);
    if (!endpoint) return "error: " + endpoint.error().message;
    return endpoint->text + " " + endpoint->signing_region;
}

std::string RunLimiter(Value const& in) {
    aws::ClientRateLimiter limiter(in["start"].AsDouble());
    std::string out;
    for (Value const& step : in["steps"].AsArray()) {
        double const now = step.AsArray()[0].AsDouble();
        double number = 0;
        if (step.Size() == 1) {
            number = limiter.Acquire(now);
        } else {
            limiter.OnAnswer(step.AsArray()[1].AsBool(), now);
            number = limiter.Rate();
        }
        char text[40];
        std::snprintf(text, sizeof text, "%.17g ", number);
        out += text;
    }
    return out;
}

}  // namespace

int main() {
    aws::RequestSigner signer;
    for (std::string line; std::getline(std::cin, line);) {
        auto const in = Value::Parse(line);
        if (!in) {
            std::cout << "error: " << in.error().message << '\n';
            continue;
        }
        std::string_view const op = (*in)["op"].AsString();
        if (op == "sign") {
            std::cout << Sign(signer, *in) << '\n';
        } else if (op == "endpoint") {
            std::cout << DescribeEndpoint(*in) << '\n';
        } else if (op == "limiter") {
            std::cout << RunLimiter(*in) << '\n';
        } else {
            std::cout << "error: no such op\n";
        }
    }
    return 0;
}
