/// @file
/// ProfilePlan: how a profile gets its credentials, found without asking anyone.
/// Layer: aws. Source: docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
#pragma once

#include <lddynamo/credentials.hpp>

#include "aws/profile_parser.hpp"
#include "aws/sts_client.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lddynamo::aws {

struct ProfileKeys {
    AwsCredentials credentials{};
};
enum class NamedSource : std::uint8_t { kEnvironment, kInstanceMetadata, kContainer };
struct ProfileWebIdentity {
    AssumedRole role{};
    std::string token_file{};
};
struct ProfileSso {
    std::string session{};  ///< Empty: the older form, without [sso-session].
    std::string region{};
    std::string start_url{};
    std::string account_id{};  ///< This and the role's name may be missing from a profile that is
    std::string role_name{};   ///< for other uses of SSO; it has no credentials then.
};
struct ProfileProcess {
    std::string command{};
    std::string account_id{};  ///< The profile's, when the process prints none.
};

struct ProfilePlan {
    std::variant<ProfileKeys, NamedSource, ProfileWebIdentity, ProfileSso, ProfileProcess> base{};
    std::string base_profile{};        ///< Where the base stands.
    std::vector<AssumedRole> roles{};  ///< Assumed one after the other.
};

/// Follows source_profile from `name` to its end.
/// @return nullopt when the profile has nothing to do with credentials.
/// @retval ErrorCode::kCredentials  no such profile, a loop, both or neither of source_profile and
///         credential_source, a missing or unsupported part (mfa_serial, login_session), ... The
///         message names profile and property.
[[nodiscard]] Result<std::optional<ProfilePlan>> PlanProfile(ProfileSet const& set,
                                                             std::string const& name);

/// "role arn:... from profile base", for AwsCredentials::source.
[[nodiscard]] std::string Describe(ProfilePlan const& plan);

}  // namespace lddynamo::aws
