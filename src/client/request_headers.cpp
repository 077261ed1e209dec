#include "client/request_headers.hpp"

#include "base/random.hpp"
#include "datasource/service.hpp"
#include "http/http_message.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace lddynamo::client {
namespace {

constexpr std::size_t kMaxTagBytes = 64;
constexpr char kWrapper[] = "X-LaunchDarkly-Wrapper";

constexpr bool IsTagCharacter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

void AppendTag(std::string& tags, std::string_view name, std::string const& value,
               Logger const& logger) {
    if (value.empty()) return;
    bool const too_long = value.size() > kMaxTagBytes;
    if (too_long || !std::all_of(value.begin(), value.end(), IsTagCharacter)) {
        std::string line = "the application's ";
        line.append(name.substr(name.find('-') + 1));
        line += too_long ? " is left out: it is longer than 64 characters"
                         : " is left out: it may have letters, digits, '.', '_' and '-' only";
        logger.Warn(line);
        return;
    }
    if (!tags.empty()) tags += ' ';
    tags.append(name).append("/").append(value);
}

std::string Tags(ApplicationInfo const& application, Logger const& logger) {
    std::string tags;
    AppendTag(tags, "application-id", application.id, logger);
    AppendTag(tags, "application-version", application.version, logger);
    return tags;
}

std::string Wrapper(WrapperInfo const& wrapper, Logger const& logger) {
    std::string text = wrapper.name;
    if (!text.empty() && !wrapper.version.empty()) text.append("/").append(wrapper.version);
    if (!http::IsValidHeader(kWrapper, text)) {
        logger.Warn("the wrapper's name is left out: it has a character that no header may have");
        text.clear();
    }
    return text;
}

}  // namespace

Status CheckSdkKey(Secret const& sdk_key) {
    auto const headers = datasource::MakeServiceHeaders(sdk_key);
    return headers ? Status() : Fail(headers.error());
}

bool AsksLaunchDarkly(ClientOptions const& options) noexcept {
    return !options.offline && !options.daemon_mode &&
           !std::holds_alternative<FileDataOptions>(options.data_source);
}

bool SendsEvents(ClientOptions const& options) noexcept {
    return !options.offline && options.events.enabled.value_or(AsksLaunchDarkly(options));
}

HttpHeaders MakeRequestHeaders(ClientOptions const& options) {
    HttpHeaders headers = *datasource::MakeServiceHeaders(options.sdk_key);
    headers.emplace_back("X-LaunchDarkly-Instance-Id", base::RandomUuid());
    if (auto tags = Tags(options.application, options.logger); !tags.empty()) {
        headers.emplace_back("X-LaunchDarkly-Tags", std::move(tags));
    }
    if (auto wrapper = Wrapper(options.wrapper, options.logger); !wrapper.empty()) {
        headers.emplace_back(kWrapper, std::move(wrapper));
    }
    return headers;
}

std::string CheckedPayloadFilter(ClientOptions const& options) {
    std::string const& filter = options.payload_filter;
    if (filter.empty() || datasource::IsFilterKey(filter)) return filter;
    options.logger.Warn(
        "the payload filter is left out, all flags are read: its key may have letters, digits, "
        "'.', '_' and '-' only, and begins with a letter or digit");
    return {};
}

}  // namespace lddynamo::client
