#include "lddynamo/sync_setup.hpp"

#include "datasource/service.hpp"

#include <lddynamo/environment.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace lddynamo::app {
namespace {

constexpr std::size_t kMaxKeyFileBytes = 4096;

Result<Secret> ReadSdkKey(SyncArguments const& arguments, Environment const& environment) {
    std::string text;
    if (!arguments.sdk_key_file.empty()) {
        auto content = environment.ReadFile(arguments.sdk_key_file, kMaxKeyFileBytes);
        if (!content) return Fail(content.error());
        text = std::move(*content);
        while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
        if (text.empty()) {
            return Fail(ErrorCode::kInvalidArgument, arguments.sdk_key_file + ": no SDK key in it");
        }
        return Secret(text);
    }
    for (char const* name : {"LDDYNAMO_SDK_KEY", "LAUNCHDARKLY_SDK_KEY"}) {
        if (auto const value = environment.GetNonEmpty(name)) return Secret(*value);
    }
    return Fail(ErrorCode::kInvalidArgument,
                "no SDK key: set LDDYNAMO_SDK_KEY or LAUNCHDARKLY_SDK_KEY, or give --sdk-key-file");
}

}  // namespace

Result<HttpHeaders> MakeSyncHeaders(SyncArguments const& arguments) {
    auto key = ReadSdkKey(arguments, ProcessEnvironment());
    if (!key) return Fail(key.error());
    return datasource::MakeServiceHeaders(*key);
}

HttpTransportOptions SyncTransport(Session const& session, std::stop_token stop) {
    HttpTransportOptions http;
    http.connect_timeout = std::chrono::seconds(10);
    http.logger = session.Log();
    http.stop = std::move(stop);
    return http;
}

}  // namespace lddynamo::app
