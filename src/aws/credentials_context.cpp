#include "aws/credentials_context.hpp"

#include "aws/ca_file.hpp"
#include "aws/instance_metadata_client.hpp"
#include "aws/region.hpp"
#include "aws/retry.hpp"
#include "aws/text.hpp"

#include <utility>

namespace lddynamo::aws {

Result<std::shared_ptr<HttpTransport>> LazyTransport::Get() {
    std::scoped_lock const lock(mutex_);
    if (transport_) return transport_;
    auto made = factory_();
    if (made) transport_ = *made;
    return made;
}

SharedContext MakeCredentialsContext(AwsConfig const& config, std::shared_ptr<ProfileFiles> files,
                                     std::shared_ptr<HttpTransport> transport,
                                     std::stop_token stop) {
    Environment const& environment =
        config.environment != nullptr ? *config.environment : ProcessEnvironment();
    Clock& clock = config.clock != nullptr ? *config.clock : SystemClock();
    if (!files) files = std::make_shared<ProfileFiles>(config.profile, environment);
    LazyTransport::Factory factory;
    if (transport) {
        factory = [transport = std::move(transport)] { return transport; };
    } else {
        factory = [&environment, files, stop,
                   logger = config.logger]() -> Result<std::shared_ptr<HttpTransport>> {
            auto ca_file = FindCaFile(environment, *files);
            if (!ca_file) return Fail(std::move(ca_file.error()));
            HttpTransportOptions options;
            options.environment = &environment;
            options.ca_file = std::move(*ca_file);
            options.logger = logger;
            options.stop = stop;
            return std::shared_ptr<HttpTransport>(MakeHttpTransport(std::move(options)));
        };
    }
    return std::make_shared<CredentialsContext const>(CredentialsContext{
        environment, clock, std::move(files), std::make_shared<LazyTransport>(std::move(factory)),
        config.region, config.region_from_instance_metadata, config.logger, std::move(stop)});
}

Result<HttpResponse> Exchange(CredentialsContext const& context,
                              std::function<HttpRequest()> const& make,
                              ExchangePolicy const& policy) {
    static constexpr std::size_t kMaxAnswer = 1U << 20U;
    auto const transport = context.transport->Get();
    if (!transport) return Fail(transport.error());
    for (int attempt = 1;; ++attempt) {
        HttpRequest request = make();
        request.max_response_bytes = kMaxAnswer;
        request.secret_body = true;  // keys and tokens, in one direction or in both
        auto answer = (*transport)->Send(std::move(request));
        RetryClass kind = RetryClass::kNever;
        if (!answer) {
            kind = ClassifyFailure(answer.error().code);
        } else if (policy.is_transient && policy.is_transient(*answer)) {
            kind = RetryClass::kTransient;
        }
        if (kind == RetryClass::kNever || attempt >= policy.attempts ||
            context.stop.stop_requested()) {
            return answer;
        }
        context.clock.Sleep(
            policy.pause.count() > 0
                ? policy.pause
                : RetryDelay(RetryMode::kStandard, kind, attempt, context.random(), std::nullopt));
    }
}

Result<std::string> CredentialsRegion(CredentialsContext const& context) {
    std::function<Result<std::string>()> ask;
    if (context.region_from_instance) ask = [&context] { return FetchInstanceRegion(context); };
    auto region = ResolveRegion(context.region, context.environment, *context.files, ask);
    if (region && *region == "local") return std::string("us-east-1");
    return region;
}

std::string Setting(Environment const& environment, ProfileFiles& files, std::string_view variable,
                    std::string_view property) {
    if (auto const value = environment.GetNonEmpty(variable)) {
        return std::string(Trim(*value));
    }
    auto const set = files.Load();
    if (!set) return {};
    auto const* const value = (*set)->Find(files.ProfileName(), property);
    return value != nullptr ? std::string(Trim(*value)) : std::string();
}

std::string EncodeUri(std::string_view text) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string out;
    for (char const c : text) {
        if (IsAlphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            out += c;
        } else {
            auto const byte = static_cast<unsigned char>(c);
            out += '%';
            out += kDigits[byte >> 4U];
            out += kDigits[byte & 0xFU];
        }
    }
    return out;
}

}  // namespace lddynamo::aws
