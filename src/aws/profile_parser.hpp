/// @file
/// The grammar of AWS's shared config and credentials files.
/// Layer: aws. Source: docs.aws.amazon.com/sdkref/latest/guide/file-format.html
#pragma once

#include <lddynamo/result.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lddynamo::aws {

/// Property name, in lower case, to value. A value with sub-properties starts with a line feed and
/// has one "name = value" a line.
using ProfileProperties = std::map<std::string, std::string, std::less<>>;
using ProfileSections = std::map<std::string, ProfileProperties, std::less<>>;

enum class ProfileFileKind : std::uint8_t { kConfig, kCredentials };

/// What one file or both together say.
struct ProfileSet {
    ProfileSections profiles{};
    ProfileSections sso_sessions{};  ///< [sso-session x], config file only.
    ProfileSections services{};      ///< [services x], config file only.

    /// Adds `other`, whose properties win.
    void Merge(ProfileSet other);
    /// A property that is not empty; nullptr when the profile or the property is missing or empty.
    [[nodiscard]] std::string const* Find(std::string_view profile,
                                          std::string_view property) const;
};

/// Reads one file. Sections and properties with invalid names are ignored, as all AWS SDKs do.
/// @retval ErrorCode::kInvalidArgument  the grammar is broken; the message has the line's number
/// and never
///                                      its text, which may be a secret.
[[nodiscard]] Result<ProfileSet> ParseProfileFile(std::string_view text, ProfileFileKind kind);

/// The named sub-property of a value; nullopt when missing or empty.
[[nodiscard]] std::optional<std::string> FindSubProperty(std::string_view value,
                                                         std::string_view name);

}  // namespace lddynamo::aws
