// assume-role-tests.json: what a profile and the profiles that it names lead to.
#include "aws/profile_plan.hpp"

#include "vectors/vector_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo::aws {
namespace {

using vectors::StringMap;

ProfileSections Sections(Value const& object) {
    ProfileSections sections;
    for (auto const& [name, properties] : object.AsObject()) {
        sections[name] = vectors::Strings(properties);
    }
    return sections;
}

/// Kind of a step, and its properties that are not empty.
struct Step {
    std::string kind{};
    StringMap properties{};
    bool operator==(Step const&) const = default;
};
std::ostream& operator<<(std::ostream& out, Step const& step) {
    out << step.kind;
    for (auto const& [name, value] : step.properties) out << ' ' << name << '=' << value;
    return out;
}

Step WithoutEmpty(Step step) {
    std::erase_if(step.properties, [](auto const& item) { return item.second.empty(); });
    return step;
}

Step RoleStep(std::string kind, AssumedRole const& role) {
    return WithoutEmpty({std::move(kind),
                         {{"role_arn", role.role_arn},
                          {"role_session_name", role.session_name},
                          {"external_id", role.external_id}}});
}

struct BaseStep {
    Step operator()(ProfileKeys const& keys) const {
        return {"AccessKey",
                {{"access_key_id", keys.credentials.access_key_id},
                 {"secret_access_key", std::string(keys.credentials.secret_access_key.Reveal())},
                 {"session_token", std::string(keys.credentials.session_token.Reveal())},
                 {"account_id", keys.credentials.account_id}}};
    }
    Step operator()(NamedSource source) const {
        std::string const name = source == NamedSource::kEnvironment        ? "Environment"
                                 : source == NamedSource::kInstanceMetadata ? "Ec2InstanceMetadata"
                                                                            : "EcsContainer";
        return {"NamedSource", {{"", name}}};
    }
    Step operator()(ProfileWebIdentity const& web) const {
        Step step = RoleStep("WebIdentityToken", web.role);
        step.properties["web_identity_token_file"] = web.token_file;
        return step;
    }
    Step operator()(ProfileSso const& sso) const {
        return {"Sso",
                {{"sso_session", sso.session},
                 {"sso_region", sso.region},
                 {"sso_start_url", sso.start_url},
                 {"sso_account_id", sso.account_id},
                 {"sso_role_name", sso.role_name}}};
    }
    Step operator()(ProfileProcess const& process) const {
        return {"CredentialProcess", {{"command", process.command}}};
    }
};

std::vector<Step> Steps(ProfilePlan const& plan) {
    std::vector<Step> steps{WithoutEmpty(std::visit(BaseStep{}, plan.base))};
    for (AssumedRole const& role : plan.roles) steps.push_back(RoleStep("AssumeRole", role));
    return steps;
}

std::vector<Step> Expected(Value const& chain) {
    std::vector<Step> steps;
    for (Value const& item : chain.AsArray()) {
        auto const& [kind, value] = item.AsObject().front();
        steps.push_back({kind, value.IsString() ? StringMap{{"", std::string(value.AsString())}}
                                                : vectors::Strings(value)});
    }
    return steps;
}

/// The words of AWS's message that ours must have too: names of properties.
std::vector<std::string> Names(std::string_view message) {
    std::vector<std::string> names;
    std::string word;
    for (char const c : std::string(message) + " ") {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-') {
            word += c;
            continue;
        }
        if (word.find('_') != std::string::npos || word == "loop") names.push_back(word);
        word.clear();
    }
    return names;
}

TEST(ProfilePlanVectors, All) {
    Value const file = vectors::ReadVectors("assume-role-tests.json");
    EXPECT_GE(file.Size(), 28U);
    for (Value const& test : file.AsArray()) {
        SCOPED_TRACE(test["docs"].AsString());
        ProfileSet set;
        set.profiles = Sections(test["input"]["profiles"]);
        set.sso_sessions = Sections(test["input"]["sso_sessions"]);
        auto const plan =
            PlanProfile(set, std::string(test["input"]["selected_profile"].AsString()));
        if (Value const* const error = test["output"].Find("Error")) {
            if (plan) {
                // Without credentials a profile is passed over by the chain.
                EXPECT_FALSE(*plan);
                EXPECT_THAT(std::string(error->AsString()),
                            ::testing::HasSubstr("did not contain credential information"));
                continue;
            }
            for (std::string const& name : Names(error->AsString())) {
                EXPECT_THAT(plan.error().message, ::testing::HasSubstr(name));
            }
            continue;
        }
        ASSERT_TRUE(plan) << plan.error().message;
        ASSERT_TRUE(*plan);
        EXPECT_EQ(Steps(**plan), Expected(test["output"]["ProfileChain"]));
    }
}

}  // namespace
}  // namespace lddynamo::aws
