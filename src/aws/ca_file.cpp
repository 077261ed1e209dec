#include "aws/ca_file.hpp"

#include <utility>

namespace lddynamo::aws {

Result<std::string> FindCaFile(Environment const& environment, ProfileFiles& files) {
    if (auto path = environment.GetNonEmpty("AWS_CA_BUNDLE")) return std::move(*path);
    auto const set = files.Load();
    if (!set) return Fail(set.error());
    auto const* const path = (*set)->Find(files.ProfileName(), "ca_bundle");
    return path != nullptr ? *path : std::string();
}

}  // namespace lddynamo::aws
