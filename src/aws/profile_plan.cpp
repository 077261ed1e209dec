#include "aws/profile_plan.hpp"

#include "aws/text.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace lddynamo::aws {
namespace {

/// One profile's properties.
class Profile {
  public:
    Profile(ProfileSet const& set, std::string name) : set_(&set), name_(std::move(name)) {}

    [[nodiscard]] std::string const& Name() const { return name_; }
    [[nodiscard]] bool Exists() const { return set_->profiles.contains(name_); }
    [[nodiscard]] bool Has(std::string_view key) const { return set_->Find(name_, key) != nullptr; }
    [[nodiscard]] std::string Get(std::string_view key) const {
        std::string const* const value = set_->Find(name_, key);
        return value != nullptr ? *value : std::string();
    }
    [[nodiscard]] tl::unexpected<Error> Bad(std::string_view what) const {
        return Fail(ErrorCode::kCredentials,
                    "profile " + Printable(name_, 100) + ": " + std::string(what));
    }
    [[nodiscard]] bool HasKeys() const {
        return Has("aws_access_key_id") || Has("aws_secret_access_key");
    }
    [[nodiscard]] ProfileSet const& Set() const { return *set_; }

  private:
    ProfileSet const* set_;
    std::string name_;
};

Result<AssumedRole> Role(Profile const& profile) {
    AssumedRole role;
    role.role_arn = profile.Get("role_arn");
    role.session_name = profile.Get("role_session_name");
    role.external_id = profile.Get("external_id");
    if (std::string const text = profile.Get("duration_seconds"); !text.empty()) {
        int seconds = 0;
        auto const* const end = text.data() + text.size();
        auto const [parsed, error] = std::from_chars(text.data(), end, seconds);
        if (error != std::errc() || parsed != end || seconds < 1) {
            return profile.Bad("duration_seconds is not a whole number above 0");
        }
        role.duration_seconds = seconds;
    }
    return role;
}

Result<NamedSource> Named(Profile const& profile) {
    std::string const name = profile.Get("credential_source");
    if (name == "Environment") return NamedSource::kEnvironment;
    if (name == "Ec2InstanceMetadata") return NamedSource::kInstanceMetadata;
    if (name == "EcsContainer") return NamedSource::kContainer;
    return profile.Bad("credential_source \"" + Printable(name, 100) +
                       "\" is none of Environment, Ec2InstanceMetadata, EcsContainer");
}

Result<ProfileKeys> Keys(Profile const& profile) {
    ProfileKeys keys;
    AwsCredentials& credentials = keys.credentials;
    credentials.access_key_id = profile.Get("aws_access_key_id");
    credentials.secret_access_key = Secret(profile.Get("aws_secret_access_key"));
    if (credentials.access_key_id.empty()) {
        return profile.Bad("the access key id is missing (aws_access_key_id)");
    }
    if (credentials.secret_access_key.Empty()) {
        return profile.Bad("the secret access key is missing (aws_secret_access_key)");
    }
    credentials.session_token = Secret(profile.Get("aws_session_token"));
    if (credentials.session_token.Empty()) {
        credentials.session_token = Secret(profile.Get("aws_security_token"));
    }
    credentials.account_id = profile.Get("aws_account_id");
    return keys;
}

Result<ProfileSso> Sso(Profile const& profile) {
    ProfileSso sso;
    sso.session = profile.Get("sso_session");
    sso.account_id = profile.Get("sso_account_id");
    sso.role_name = profile.Get("sso_role_name");
    sso.region = profile.Get("sso_region");
    sso.start_url = profile.Get("sso_start_url");
    if (sso.account_id.empty() != sso.role_name.empty()) {
        return profile.Bad(sso.account_id.empty()
                               ? "sso_role_name is set, but sso_account_id is missing"
                               : "sso_account_id is set, but sso_role_name is missing");
    }
    if (!sso.session.empty()) {
        auto const section = profile.Set().sso_sessions.find(sso.session);
        if (section == profile.Set().sso_sessions.end()) {
            return profile.Bad("the [sso-session " + Printable(sso.session, 100) +
                               "] that it names was not found");
        }
        for (auto const& [key, into] :
             {std::pair{"sso_region", &sso.region}, std::pair{"sso_start_url", &sso.start_url}}) {
            auto const value = section->second.find(key);
            std::string const text = value != section->second.end() ? value->second : "";
            if (!into->empty() && *into != text) {
                return profile.Bad(std::string(key) +
                                   " belongs into the [sso-session], which does not say the same");
            }
            *into = text;
        }
    }
    for (auto const& [key, value] :
         {std::pair{"sso_region", &sso.region}, std::pair{"sso_start_url", &sso.start_url}}) {
        if (value->empty()) return profile.Bad(std::string(key) + " is missing");
    }
    return sso;
}

bool IsSso(Profile const& profile) {
    if (profile.Has("sso_account_id") || profile.Has("sso_role_name")) return true;
    // Without them SSO is for something else, if there is another way to credentials.
    return (profile.Has("sso_session") || profile.Has("sso_start_url")) && !profile.HasKeys() &&
           !profile.Has("credential_process") && !profile.Has("login_session");
}

/// Puts a part, or its error, into `into`.
template <class Part>
Status Put(Result<Part> part, ProfilePlan& into) {
    if (!part) return Fail(std::move(part.error()));
    into.base = std::move(*part);
    return {};
}

/// What the profile has by itself, in the order of all AWS SDKs. @return whether it has anything.
Result<bool> PlanBase(Profile const& profile, ProfilePlan& plan) {
    plan.base_profile = profile.Name();
    Status done;
    if (profile.Has("web_identity_token_file")) {
        auto role = Role(profile);
        if (!role) return Fail(std::move(role.error()));
        if (role->role_arn.empty()) {
            return profile.Bad("web_identity_token_file is set, but role_arn is missing");
        }
        plan.base = ProfileWebIdentity{std::move(*role), profile.Get("web_identity_token_file")};
    } else if (IsSso(profile)) {
        done = Put(Sso(profile), plan);
    } else if (profile.HasKeys()) {
        done = Put(Keys(profile), plan);
    } else if (profile.Has("login_session")) {
        return profile.Bad(
            "login_session (aws login) is not supported; use SSO or credential_process");
    } else if (profile.Has("credential_process")) {
        plan.base =
            ProfileProcess{profile.Get("credential_process"), profile.Get("aws_account_id")};
    } else {
        return false;
    }
    if (!done) return Fail(std::move(done.error()));
    return true;
}

/// Whether the profile assumes a role with another source's credentials.
bool AssumesRole(Profile const& profile) {
    return profile.Has("role_arn") && !profile.Has("web_identity_token_file");
}

}  // namespace

Result<std::optional<ProfilePlan>> PlanProfile(ProfileSet const& set, std::string const& name) {
    ProfilePlan plan;
    std::vector<std::string> visited;
    Profile profile(set, name);
    if (!profile.Exists()) return profile.Bad("does not exist");
    for (;;) {
        visited.push_back(profile.Name());
        // The keys of a profile that others name as their source win over its own role.
        bool const is_end = visited.size() > 1 && profile.HasKeys();
        if (is_end || !AssumesRole(profile)) break;
        if (profile.Has("mfa_serial")) {
            return profile.Bad(
                "mfa_serial is not supported, because there is nobody to ask for the code; use "
                "credential_process or export the session's keys");
        }
        auto role = Role(profile);
        if (!role) return Fail(std::move(role.error()));
        plan.roles.push_back(std::move(*role));
        std::string const source = profile.Get("source_profile");
        bool const has_named = profile.Has("credential_source");
        if (!source.empty() && has_named) {
            return profile.Bad("it has both source_profile and credential_source");
        }
        if (source.empty() && !has_named) {
            return profile.Bad(
                "role_arn needs source_profile, credential_source or web_identity_token_file");
        }
        if (has_named) {
            auto named = Named(profile);
            if (!named) return Fail(std::move(named.error()));
            plan.base = *named;
            plan.base_profile = profile.Name();
            std::reverse(plan.roles.begin(), plan.roles.end());
            return plan;
        }
        if (source == profile.Name() && profile.HasKeys()) break;  // its own keys, then its role
        if (std::find(visited.begin(), visited.end(), source) != visited.end()) {
            return profile.Bad("source_profile forms a loop with profile " +
                               Printable(source, 100));
        }
        Profile next(set, source);
        if (!next.Exists()) {
            return profile.Bad("its source_profile " + Printable(source, 100) + " does not exist");
        }
        profile = Profile(set, next.Name());
    }
    Result<bool> found = true;
    if (plan.roles.empty() || !profile.HasKeys()) {
        found = PlanBase(profile, plan);
    } else {
        plan.base_profile = profile.Name();
        if (auto status = Put(Keys(profile), plan); !status) return Fail(std::move(status.error()));
    }
    if (!found) return Fail(std::move(found.error()));
    if (!*found) {
        if (plan.roles.empty()) return std::nullopt;
        return profile.Bad("it is a source_profile, but did not contain credential information");
    }
    std::reverse(plan.roles.begin(), plan.roles.end());
    return plan;
}

std::string Describe(ProfilePlan const& plan) {
    struct Visitor {
        std::string const& profile;
        std::string operator()(ProfileKeys const&) const { return "profile " + profile; }
        std::string operator()(NamedSource source) const {
            switch (source) {
                case NamedSource::kEnvironment:
                    return "environment";
                case NamedSource::kInstanceMetadata:
                    return "instance metadata";
                default:
                    return "container";
            }
        }
        std::string operator()(ProfileWebIdentity const& web) const {
            return "role " + web.role.role_arn + " by web identity";
        }
        std::string operator()(ProfileSso const& sso) const {
            return "SSO role " + sso.role_name + " in account " + sso.account_id;
        }
        std::string operator()(ProfileProcess const&) const { return "credential_process"; }
    };
    std::string text = std::visit(Visitor{plan.base_profile}, plan.base);
    for (AssumedRole const& role : plan.roles) {
        text = "role " + role.role_arn + " from " + text;
    }
    return Printable(text, 1000);
}

}  // namespace lddynamo::aws
