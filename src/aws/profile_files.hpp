/// @file
/// ProfileFiles: the merged view of the shared config and credentials files.
/// Layer: aws. Source: docs.aws.amazon.com/sdkref/latest/guide/file-location.html
#pragma once

#include <lddynamo/environment.hpp>
#include <lddynamo/result.hpp>

#include "aws/profile_parser.hpp"

#include <memory>
#include <mutex>
#include <string>

namespace lddynamo::aws {

/// Where the two files are; empty when HOME is not set and no variable names the file.
struct ProfileLocations {
    std::string config{};
    std::string credentials{};
    bool config_named = false;       ///< AWS_CONFIG_FILE names it.
    bool credentials_named = false;  ///< AWS_SHARED_CREDENTIALS_FILE names it.
};
[[nodiscard]] ProfileLocations LocateProfileFiles(Environment const& environment);

/// Reads the files when first asked, and remembers them.
/// @par Thread safety  All methods may be called from any thread at once.
/// @par Blocking       Load and Reload read files.
class ProfileFiles {
  public:
    /// @param profile      the one named in code, or empty.
    /// @param environment  must outlive this object.
    ProfileFiles(std::string profile, Environment const& environment);

    /// A missing file is an empty one, and so is one in its default place that may not be read.
    /// @retval ErrorCode::kInvalidArgument  broken grammar; the message has path and line.
    /// @retval ErrorCode::kIo, kTooLarge    a file that a variable names cannot be read.
    [[nodiscard]] Result<std::shared_ptr<ProfileSet const>> Load();
    /// Forgets what was read, and loads again.
    [[nodiscard]] Result<std::shared_ptr<ProfileSet const>> Reload();
    /// Whether Load would touch no file.
    [[nodiscard]] bool IsLoaded() const;

    /// The profile in use: named in code, AWS_PROFILE, or "default".
    [[nodiscard]] std::string ProfileName() const;
    /// Whether code or AWS_PROFILE names it.
    [[nodiscard]] bool IsProfileNamed() const;
    /// Both paths, for error messages.
    [[nodiscard]] std::string DescribeLocations() const;

  private:
    std::string const profile_;       // constant after construction
    Environment const& environment_;  // constant after construction
    mutable std::mutex mutex_;
    std::shared_ptr<ProfileSet const> loaded_;  // guarded by mutex_
};

}  // namespace lddynamo::aws
