#include "client/diagnostic_data.hpp"

#include <lddynamo/dynamodb_feature_store.hpp>
#include <lddynamo/memory_feature_store.hpp>
#include <lddynamo/version.hpp>

#include <sys/utsname.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lddynamo::client {
namespace {

using Members = std::vector<Value::Member>;

constexpr std::size_t kSuffixBytes = 6;

/// Empty stands for the default; a slash at the end does not count.
bool IsCustom(std::string_view uri, std::string_view standard) noexcept {
    while (uri.ends_with('/')) uri.remove_suffix(1);
    return !uri.empty() && uri != standard;
}

bool UsesProxy(HttpOptions const& http) {
    if (http.proxy) return !http.proxy->empty();
    Environment const& environment =
        http.environment != nullptr ? *http.environment : ProcessEnvironment();
    auto const names = {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"};
    return std::any_of(names.begin(), names.end(), [&environment](char const* name) {
        return environment.GetNonEmpty(name).has_value();
    });
}

char const* StoreType(FeatureStore const* store) noexcept {
    if (store == nullptr || dynamic_cast<MemoryFeatureStore const*>(store) != nullptr) {
        return "memory";
    }
    if (dynamic_cast<DynamoDbFeatureStore const*>(store) != nullptr) return "DynamoDB";
    return "custom";
}

void AddHttp(Members& members, HttpOptions const& http) {
    members.push_back({"connectTimeoutMillis", http.connect_timeout.count()});
    // The Go SDK has one timeout for both.
    members.push_back({"socketTimeoutMillis", http.connect_timeout.count()});
    members.push_back({"usingProxy", UsesProxy(http)});
}

void AddDataSource(Members& members, ClientOptions const& options) {
    members.push_back({"usingRelayDaemon", options.daemon_mode});
    if (options.daemon_mode) return;
    ServiceEndpoints const standard;
    if (auto const* const polling = std::get_if<PollingOptions>(&options.data_source)) {
        members.push_back({"streamingDisabled", true});
        members.push_back({"customBaseURI", IsCustom(options.endpoints.polling, standard.polling)});
        members.push_back({"pollingIntervalMillis", polling->interval.count()});
    } else if (auto const* const stream = std::get_if<StreamingOptions>(&options.data_source)) {
        members.push_back({"streamingDisabled", false});
        members.push_back(
            {"customStreamURI", IsCustom(options.endpoints.streaming, standard.streaming)});
        members.push_back({"reconnectTimeMillis", stream->initial_reconnect_delay.count()});
    }
}

void AddEvents(Members& members, ClientOptions const& options) {
    EventOptions const& events = options.events;
    members.push_back({"allAttributesPrivate", events.all_attributes_private});
    members.push_back(
        {"customEventsURI", IsCustom(options.endpoints.events, ServiceEndpoints().events)});
    members.push_back({"diagnosticRecordingIntervalMillis", events.diagnostic_interval.count()});
    members.push_back({"eventsCapacity", events.capacity});
    members.push_back({"eventsFlushIntervalMillis", events.flush_interval.count()});
    members.push_back({"userKeysCapacity", events.context_keys_capacity});
    members.push_back({"userKeysFlushIntervalMillis", events.context_keys_flush_interval.count()});
}

Value Configuration(ClientOptions const& options) {
    Members members;
    members.push_back({"startWaitMillis", 0});  // Client::Create waits for nothing
    AddHttp(members, options.http);
    AddDataSource(members, options);
    members.push_back({"dataStoreType", StoreType(options.data_store.get())});
    AddEvents(members, options);
    return Value::Object(std::move(members));
}

Value Platform() {
    Members members{{"name", "C++"}};
    utsname system{};
    if (::uname(&system) == 0) {
        members.push_back({"osName", system.sysname});
        members.push_back({"osVersion", system.release});
        members.push_back({"osArch", system.machine});
    }
    return Value::Object(std::move(members));
}

}  // namespace

DiagnosticData MakeDiagnosticData(ClientOptions const& options) {
    DiagnosticData data;
    data.sdk = Value::Object({{"name", "lddynamo"}, {"version", Version()}});
    data.configuration = Configuration(options);
    data.platform = Platform();
    std::string_view const key = options.sdk_key.Reveal();
    data.sdk_key_suffix = key.substr(key.size() - std::min(key.size(), kSuffixBytes));
    return data;
}

}  // namespace lddynamo::client
