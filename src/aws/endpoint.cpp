#include "aws/endpoint.hpp"

#include <utility>

namespace lddynamo::aws {

Result<Endpoint> ParseEndpoint(std::string_view url, std::string_view where) {
    auto const fail = [&](std::string_view what) {
        return Fail(ErrorCode::kInvalidArgument, "the endpoint URL (from " + std::string(where) +
                                                     ") is not usable: " + std::string(what));
    };
    auto parsed = http::ParseUrl(url);
    if (!parsed) return fail(parsed.error().message);
    if (url.find_first_of("?#") != std::string_view::npos) {
        return fail("it has a query or a fragment");
    }
    if (!parsed->target.ends_with('/')) parsed->target += '/';
    Endpoint endpoint;
    endpoint.text = (parsed->https ? "https://" : "http://") + parsed->host_header + parsed->target;
    endpoint.url = std::move(*parsed);
    return endpoint;
}

Endpoint HttpsEndpoint(std::string host, std::string_view signing_region) {
    Endpoint endpoint;
    endpoint.url.https = true;
    endpoint.url.port = 443;
    endpoint.url.target = "/";
    endpoint.url.host_header = host;
    endpoint.text = "https://" + host + "/";
    endpoint.url.host = std::move(host);
    endpoint.signing_region = signing_region;
    return endpoint;
}

}  // namespace lddynamo::aws
