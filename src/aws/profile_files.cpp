#include "aws/profile_files.hpp"

#include <cstddef>
#include <utility>

namespace lddynamo::aws {
namespace {

constexpr std::size_t kMaxFileBytes = 4U << 20U;

std::string Located(Environment const& environment, std::string_view variable,
                    std::string_view default_name, bool& named) {
    auto const home = environment.GetNonEmpty("HOME");
    if (auto path = environment.GetNonEmpty(variable)) {
        named = true;
        if (home && (*path == "~" || path->starts_with("~/"))) return *home + path->substr(1);
        return std::move(*path);
    }
    if (!home) return {};
    std::string path = *home;
    if (!path.ends_with('/')) path += '/';
    return path.append(".aws/").append(default_name);
}

Result<ProfileSet> ReadOne(Environment const& environment, std::string const& path, bool named,
                           ProfileFileKind kind) {
    // /dev/null is how people say "no file".
    if (path.empty() || path == "/dev/null") return ProfileSet{};
    auto text = environment.ReadFile(path, kMaxFileBytes);
    if (!text) {
        // A default place that cannot be read (another user's HOME) is as good as empty.
        if (!named || text.error().code == ErrorCode::kNotFound) return ProfileSet{};
        return Fail(std::move(text.error()));
    }
    auto set = ParseProfileFile(*text, kind);
    if (!set) set.error().message = path + ": " + set.error().message;
    return set;
}

}  // namespace

ProfileLocations LocateProfileFiles(Environment const& environment) {
    ProfileLocations locations;
    locations.config = Located(environment, "AWS_CONFIG_FILE", "config", locations.config_named);
    locations.credentials = Located(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials",
                                    locations.credentials_named);
    return locations;
}

ProfileFiles::ProfileFiles(std::string profile, Environment const& environment)
    : profile_(std::move(profile)), environment_(environment) {
}

Result<std::shared_ptr<ProfileSet const>> ProfileFiles::Load() {
    std::scoped_lock const lock(mutex_);
    if (loaded_) return loaded_;
    auto const locations = LocateProfileFiles(environment_);
    auto set =
        ReadOne(environment_, locations.config, locations.config_named, ProfileFileKind::kConfig);
    if (!set) return Fail(std::move(set.error()));
    auto credentials = ReadOne(environment_, locations.credentials, locations.credentials_named,
                               ProfileFileKind::kCredentials);
    if (!credentials) return Fail(std::move(credentials.error()));
    set->Merge(std::move(*credentials));
    loaded_ = std::make_shared<ProfileSet const>(std::move(*set));
    return loaded_;
}

Result<std::shared_ptr<ProfileSet const>> ProfileFiles::Reload() {
    {
        std::scoped_lock const lock(mutex_);
        loaded_.reset();
    }
    return Load();
}

bool ProfileFiles::IsLoaded() const {
    std::scoped_lock const lock(mutex_);
    return loaded_ != nullptr;
}

std::string ProfileFiles::ProfileName() const {
    if (!profile_.empty()) return profile_;
    return environment_.GetNonEmpty("AWS_PROFILE").value_or("default");
}

bool ProfileFiles::IsProfileNamed() const {
    return !profile_.empty() || environment_.GetNonEmpty("AWS_PROFILE").has_value();
}

std::string ProfileFiles::DescribeLocations() const {
    auto const locations = LocateProfileFiles(environment_);
    if (locations.config.empty() && locations.credentials.empty()) {
        return "no file, because HOME is not set";
    }
    if (locations.config.empty()) return locations.credentials;
    if (locations.credentials.empty()) return locations.config;
    return locations.config + " and " + locations.credentials;
}

}  // namespace lddynamo::aws
