#include "aws/region.hpp"

#include "aws/text.hpp"

#include <cstddef>
#include <utility>

namespace lddynamo::aws {
namespace {

constexpr std::size_t kMaxLabelLength = 63;  // RFC 1035

Result<std::string> Checked(std::string_view region, std::string_view where) {
    if (auto status = CheckRegion(region, where); !status) return Fail(std::move(status.error()));
    return std::string(region);
}

}  // namespace

Status CheckRegion(std::string_view region, std::string_view where) {
    bool valid = !region.empty() && region.size() <= kMaxLabelLength && region.front() != '-' &&
                 region.back() != '-';
    for (char const c : region) valid = valid && (IsAlphanumeric(c) || c == '-');
    if (valid) return {};
    return Fail(ErrorCode::kInvalidArgument, "the region \"" + Printable(region, 80) + "\" (from " +
                                                 std::string(where) +
                                                 ") is not a name such as eu-west-1");
}

Result<std::string> ResolveRegion(std::string_view in_code, Environment const& environment,
                                  ProfileFiles& files,
                                  std::function<Result<std::string>()> const& ask_instance) {
    if (!in_code.empty()) return Checked(in_code, "code");
    for (std::string_view const name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
        if (auto const region = environment.Get(name)) {
            std::string_view const text = Trim(*region);
            if (!text.empty()) return Checked(text, name);
        }
    }
    auto const set = files.Load();
    if (!set) return Fail(std::move(set.error()));
    std::string const profile = files.ProfileName();
    if (std::string const* const region = (*set)->Find(profile, "region")) {
        return Checked(*region, "profile " + Printable(profile, 100));
    }
    std::string trouble =
        "no region: give one in code, in AWS_REGION or AWS_DEFAULT_REGION, or as `region` of "
        "profile \"" +
        Printable(profile, 100) + "\" (looked in " + files.DescribeLocations() + ")";
    if (ask_instance) {
        auto const region = ask_instance();
        if (region) return Checked(*region, "instance metadata");
        trouble += "; " + region.error().message;
    }
    return Fail(ErrorCode::kInvalidArgument, std::move(trouble));
}

}  // namespace lddynamo::aws
