#include "configuration.hpp"

#include "callback.hpp"
#include "callback_big_segments.hpp"
#include "callback_hook.hpp"

#include <lddynamo/credentials.hpp>
#include <lddynamo/dynamodb_feature_store.hpp>
#include <lddynamo/environment.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace lddynamo::contract {
namespace {

// Settings of whoever runs the service must not reach the clients under test.
Environment const& EmptyEnvironment() {
    static MapEnvironment const empty;
    return empty;
}

void TakeUri(Fields const& fields, std::string_view name, std::string& endpoint) {
    auto uri = fields.OptionalString(name);
    if (uri && !uri->empty()) endpoint = *std::move(uri);
}

// Neither source with a store is daemon mode; without a store, streaming is the default.
void ReadDataSource(Fields const& configuration, ClientOptions& options) {
    Fields const endpoints = configuration.Object("serviceEndpoints");
    TakeUri(endpoints, "streaming", options.endpoints.streaming);
    TakeUri(endpoints, "polling", options.endpoints.polling);
    Fields const streaming = configuration.Object("streaming");
    Fields const polling = configuration.Object("polling");
    bool const polls = configuration.Has("polling") && !configuration.Has("streaming");
    if (polls) {
        TakeUri(polling, "baseUri", options.endpoints.polling);
        PollingOptions source;
        if (auto const interval = polling.Milliseconds("pollIntervalMs")) {
            source.interval = *interval;
        }
        options.data_source = source;
    } else {
        TakeUri(streaming, "baseUri", options.endpoints.streaming);
        StreamingOptions source;
        if (auto const delay = streaming.Milliseconds("initialRetryDelayMs")) {
            source.initial_reconnect_delay = *delay;
        }
        options.data_source = source;
        options.daemon_mode = configuration.Has("persistentDataStore") &&
                              !configuration.Has("streaming") && !endpoints.Has("streaming");
    }
    options.payload_filter = (polls ? polling : streaming).OptionalString("filter").value_or("");
}

void ReadEvents(Fields const& configuration, EventOptions& events, std::string& endpoint) {
    TakeUri(configuration.Object("serviceEndpoints"), "events", endpoint);
    events.enabled = configuration.Has("events");
    Fields const wanted = configuration.Object("events");
    TakeUri(wanted, "baseUri", endpoint);
    double const capacity = wanted.Number("capacity").value_or(0);
    if (capacity > 0) events.capacity = static_cast<std::size_t>(capacity);
    auto const interval = wanted.Milliseconds("flushIntervalMs").value_or(events.flush_interval);
    if (interval.count() > 0) events.flush_interval = interval;
    events.diagnostics = wanted.Bool("enableDiagnostics");
    events.all_attributes_private = wanted.Bool("allAttributesPrivate");
    events.private_attributes = wanted.Strings("globalPrivateAttributes");
    events.omit_anonymous_contexts = wanted.Bool("omitAnonymousContexts");
    events.gzip = wanted.Bool("enableGzip");
}

void ReadBigSegments(Fields const& configuration, Surroundings const& surroundings,
                     BigSegmentOptions& options) {
    if (!configuration.Has("bigSegments")) return;
    Fields const wanted = configuration.Object("bigSegments");
    options.store = std::make_shared<CallbackBigSegmentStore>(
        Callback(surroundings.callbacks, wanted.String("callbackUri")));
    if (auto const size = wanted.Number("userCacheSize"); size && *size >= 0) {
        options.context_cache_size = static_cast<std::size_t>(*size);
    }
    auto const take = [&](std::string_view name, std::chrono::milliseconds& option) {
        option = wanted.Milliseconds(name).value_or(option);
    };
    take("userCacheTimeMs", options.context_cache_time);
    take("statusPollIntervalMs", options.status_poll_interval);
    take("staleAfterMs", options.stale_after);
}

std::shared_ptr<Hook> ReadHook(Fields const& wanted, Surroundings const& surroundings) {
    std::map<std::string, CallbackHook::Stage, std::less<>> stages;
    for (auto const& [stage, data] : wanted.Members("data")) {
        for (auto const& [name, value] : data.AsObject()) stages[stage].data[name] = value;
    }
    for (auto const& [stage, message] : wanted.Members("errors")) {
        stages[stage].error = std::string(message.AsString());
    }
    return std::make_shared<CallbackHook>(
        wanted.String("name"), Callback(surroundings.callbacks, wanted.String("callbackUri")),
        std::move(stages));
}

void ReadCache(Fields const& wanted, CacheOptions& cache) {
    auto const mode = wanted.String("mode");
    if (mode == "off") {
        cache.mode = CacheOptions::Mode::kOff;
    } else if (mode == "infinite") {
        cache.mode = CacheOptions::Mode::kInfinite;
    } else if (mode == "ttl") {
        cache.mode = CacheOptions::Mode::kTtl;
        if (auto const seconds = wanted.Number("ttl")) {
            cache.ttl = std::chrono::round<std::chrono::milliseconds>(
                std::chrono::duration<double>(*seconds));
        }
    } else {
        wanted.Note("mode", "expected off, ttl or infinite");
    }
}

Status ReadStore(Fields const& configuration, Surroundings const& surroundings,
                 ClientOptions& options) {
    if (!configuration.Has("persistentDataStore")) return {};
    Fields const wanted = configuration.Object("persistentDataStore");
    ReadCache(wanted.Object("cache"), options.cache);
    Fields const database = wanted.Object("store");
    if (database.String("type") != "dynamodb") database.Note("type", "expected dynamodb");
    DynamoDbFeatureStoreOptions store;
    // The harness says neither: it makes this table, and its requests are for this region.
    store.table = "sdk-contract-tests";
    store.aws.region = "us-east-1";
    store.prefix = database.OptionalString("prefix").value_or("");
    store.aws.endpoint_url = database.String("dsn");
    AwsCredentials credentials;
    credentials.access_key_id = "dummy";
    credentials.secret_access_key = Secret("dummy");
    store.aws.credentials = MakeStaticCredentials(std::move(credentials));
    store.aws.environment = &EmptyEnvironment();
    store.logger = surroundings.logger;
    if (auto const known = configuration.Check(); !known) return known;
    auto made = DynamoDbFeatureStore::Create(std::move(store));
    if (!made) return Fail(std::move(made.error()));
    options.data_store = *std::move(made);
    return {};
}

void ReadNames(Fields const& configuration, ClientOptions& options) {
    Fields const tags = configuration.Object("tags");
    options.application.id = tags.OptionalString("applicationId").value_or("");
    options.application.version = tags.OptionalString("applicationVersion").value_or("");
    Fields const wrapper = configuration.Object("wrapper");
    options.wrapper.name = wrapper.OptionalString("name").value_or("");
    options.wrapper.version = wrapper.OptionalString("version").value_or("");
}

void ReadHttp(Fields const& configuration, HttpOptions& http) {
    Fields const tls = configuration.Object("tls");
    http.verify_peer = !tls.Bool("skipVerifyPeer");
    http.ca_file = tls.OptionalString("customCAFile").value_or("");
    http.proxy = configuration.Object("proxy").OptionalString("httpProxy");
    http.environment = &EmptyEnvironment();
}

}  // namespace

Result<Configuration> ReadConfiguration(Fields const& configuration,
                                        Surroundings const& surroundings) {
    Configuration read;
    ClientOptions& options = read.options;
    options.sdk_key = Secret(configuration.String("credential"));
    options.refused = surroundings.refused;
    options.logger = surroundings.logger;
    auto const wait = configuration.Milliseconds("startWaitTimeMs");
    if (wait && wait->count() > 0) read.start_wait = *wait;
    ReadDataSource(configuration, options);
    ReadEvents(configuration, options.events, options.endpoints.events);
    ReadBigSegments(configuration, surroundings, options.big_segments);
    for (Fields const& hook : configuration.Object("hooks").Objects("hooks")) {
        options.hooks.push_back(ReadHook(hook, surroundings));
    }
    ReadNames(configuration, options);
    ReadHttp(configuration, options.http);
    if (auto const store = ReadStore(configuration, surroundings, options); !store) {
        return Fail(store.error());
    }
    if (auto const known = configuration.Check(); !known) return Fail(known.error());
    return read;
}

}  // namespace lddynamo::contract
