/// @file
/// SemanticVersion: LaunchDarkly's reading of semver.org 2.0.
/// Layer: model.
#pragma once

#include <compare>
#include <optional>
#include <string_view>

namespace lddynamo::model {

/// A version in parts, which are views into the text it was read from. Numbers stay text, so that
/// none is too large. Build metadata is checked and dropped: it has no say in the order.
class SemanticVersion {
  public:
    /// Reads "1.2.3-rc.1+build"; minor and patch may be missing ("2", "2.1-rc" are "2.0.0",
    /// "2.1.0-rc"). No "v", no leading zeros.
    [[nodiscard]] static std::optional<SemanticVersion> Parse(std::string_view text) noexcept;

    /// The order of semver.org: a pre-release is less than its release, numeric identifiers
    /// compare as numbers and are less than others.
    [[nodiscard]] std::strong_ordering Compare(SemanticVersion const& other) const noexcept;

  private:
    std::string_view major_;
    std::string_view minor_ = "0";
    std::string_view patch_ = "0";
    std::string_view prerelease_;
};

}  // namespace lddynamo::model
