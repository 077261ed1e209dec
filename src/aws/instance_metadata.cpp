#include "aws/instance_metadata.hpp"

#include "aws/credentials_context.hpp"
#include "aws/text.hpp"
#include "http/url.hpp"

#include <algorithm>
#include <charconv>

namespace lddynamo::aws {
namespace {

constexpr std::string_view kIpv4 = "http://169.254.169.254";
constexpr std::string_view kIpv6 = "http://[fd00:ec2::254]";

tl::unexpected<Error> Failed(std::string const& what) {
    return Fail(ErrorCode::kCredentials, "instance metadata: " + what);
}

/// A positive number with a fraction, of at most `limit`.
Result<double> Number(std::string const& text, double limit, std::string_view name) {
    double value = 0;
    auto const* const end = text.data() + text.size();
    auto const [parsed, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc() && parsed == end && value > 0 && value <= limit) return value;
    return Failed(std::string(name) + " is not a number above 0 and of at most " +
                  std::to_string(static_cast<int>(limit)));
}

}  // namespace

Result<InstanceMetadataSettings> ResolveInstanceMetadata(Environment const& environment,
                                                         ProfileFiles& files,
                                                         std::string_view endpoint,
                                                         std::string_view mode) {
    InstanceMetadataSettings settings;
    auto const disabled = environment.Get("AWS_EC2_METADATA_DISABLED");
    if (disabled && EqualsIgnoringCase(Trim(*disabled), "true")) {
        settings.disabled = true;
        return settings;
    }
    auto const setting = [&](std::string_view variable, std::string_view property) {
        return Setting(environment, files, variable, property);
    };
    settings.endpoint = endpoint;
    if (settings.endpoint.empty()) {
        settings.endpoint =
            setting("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
    }
    if (settings.endpoint.empty()) {
        std::string const name = !mode.empty() ? std::string(mode)
                                               : setting("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                                                         "ec2_metadata_service_endpoint_mode");
        if (name.empty() || EqualsIgnoringCase(name, "IPv4")) {
            settings.endpoint = kIpv4;
        } else if (EqualsIgnoringCase(name, "IPv6")) {
            settings.endpoint = kIpv6;
        } else {
            return Failed("the endpoint mode `" + Printable(name, 50) +
                          "` is not a valid endpoint mode (IPv4 or IPv6)");
        }
    }
    while (settings.endpoint.ends_with('/')) settings.endpoint.pop_back();
    if (auto const url = http::ParseUrl(settings.endpoint); !url) {
        return Failed("AWS_EC2_METADATA_SERVICE_ENDPOINT: invalid uri: " + url.error().message);
    }
    settings.v1_disabled = EqualsIgnoringCase(
        setting("AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled"), "true");
    settings.role = setting("AWS_EC2_INSTANCE_PROFILE_NAME", "ec2_instance_profile_name");
    if (auto const text = setting("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout");
        !text.empty()) {
        auto const seconds = Number(text, 60, "AWS_METADATA_SERVICE_TIMEOUT");
        if (!seconds) return Fail(seconds.error());
        settings.timeout = std::chrono::milliseconds(static_cast<int>(*seconds * 1000 + 0.999));
    }
    if (auto const text =
            setting("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts");
        !text.empty()) {
        auto const attempts = Number(text, 10, "AWS_METADATA_SERVICE_NUM_ATTEMPTS");
        if (!attempts) return Fail(attempts.error());
        settings.attempts = std::max(1, static_cast<int>(*attempts));
    }
    return settings;
}

}  // namespace lddynamo::aws
