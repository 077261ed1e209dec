// dynamodb-endpoints.json: where requests go, by region, flags, account and table.
#include "aws/dynamodb_endpoint.hpp"

#include "vectors/vector_file.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace lddynamo::aws {
namespace {

AccountIdEndpointMode ModeOf(Value const& params) {
    std::string_view const mode = params["AccountIdEndpointMode"].AsString();
    if (mode == "preferred") return AccountIdEndpointMode::kPreferred;
    if (mode == "required") return AccountIdEndpointMode::kRequired;
    return AccountIdEndpointMode::kDisabled;
}

/// AWS's URL without the "/" that all of ours end with.
std::string WithoutSlash(std::string text) {
    if (text.ends_with('/')) text.pop_back();
    return text;
}

/// The part of the rules that the ARNs of a batch come from: the first of them counts.
std::string_view ResourceArn(Value const& params, std::string_view region) {
    if (std::string_view const arn = params["ResourceArn"].AsString();
        arn.find(":dynamodb:" + std::string(region) + ":") != std::string_view::npos) {
        return arn;
    }
    Value const& list = params["ResourceArnList"];
    return list.Size() > 0 ? list.AsArray()[0].AsString() : std::string_view();
}

Result<Endpoint> Resolve(Value const& params, AccountIdEndpointMode mode) {
    EndpointSettings settings;
    if (std::string_view const url = params["Endpoint"].AsString(); !url.empty()) {
        auto custom = ParseEndpoint(url, "the case");
        if (!custom) return custom;
        settings.custom = *custom;
    }
    settings.use_fips = params["UseFIPS"].AsBool();
    settings.use_dual_stack = params["UseDualStack"].AsBool();
    EndpointAccount account;
    account.mode = mode;
    if (Value const* const id = params.Find("AccountId")) account.account_id = id->AsString();
    std::string_view const region = params["Region"].AsString();
    account.resource_arn = ResourceArn(params, region);
    return DynamoDbEndpoint(region, settings, account, params["IsSearchOperation"].AsBool());
}

void Check(Value const& test, AccountIdEndpointMode mode) {
    auto const endpoint = Resolve(test["params"], mode);
    Value const& expect = test["expect"];
    if (Value const* const error = expect.Find("error")) {
        ASSERT_FALSE(endpoint) << endpoint->text;
        EXPECT_EQ(endpoint.error().message, error->AsString());
        EXPECT_EQ(endpoint.error().code, ErrorCode::kInvalidArgument);
        return;
    }
    ASSERT_TRUE(endpoint) << endpoint.error().message;
    EXPECT_EQ(WithoutSlash(endpoint->text), expect["endpoint"]["url"].AsString());
    Value const& schemes = expect["endpoint"]["properties"]["authSchemes"];
    EXPECT_EQ(endpoint->signing_region, schemes.Size() > 0
                                            ? schemes.AsArray()[0]["signingRegion"].AsString()
                                            : test["params"]["Region"].AsString());
}

bool IsAccountBased(Value const& test) {
    if (std::string_view const error = test["expect"]["error"].AsString(); !error.empty()) {
        return error.find("ccountI") != std::string_view::npos ||
               error.find("account ID") != std::string_view::npos;
    }
    std::string_view const url = test["expect"]["endpoint"]["url"].AsString();
    return url.find("ddb.") != std::string_view::npos;
}

TEST(EndpointVectors, WithTheModeOfTheCase) {
    Value const file = vectors::ReadVectors("dynamodb-endpoints.json");
    for (Value const& test : file["testCases"].AsArray()) {
        SCOPED_TRACE(test["documentation"].AsString());
        Check(test, ModeOf(test["params"]));
    }
    EXPECT_GE(file["testCases"].Size(), 270U);
}

TEST(EndpointVectors, WithTheDefaultModeWhereNoAccountIsInPlay) {
    Value const file = vectors::ReadVectors("dynamodb-endpoints.json");
    std::size_t run = 0;
    for (Value const& test : file["testCases"].AsArray()) {
        if (IsAccountBased(test)) continue;
        SCOPED_TRACE(test["documentation"].AsString());
        Check(test, EndpointAccount().mode);
        ++run;
    }
    EXPECT_GE(run, 150U);
}

}  // namespace
}  // namespace lddynamo::aws
