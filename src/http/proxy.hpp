/// @file
/// ProxySettings: through which proxy a URL is reached; and the Route that follows from it.
/// Layer: http.
#pragma once

#include "http/no_proxy.hpp"
#include "http/url.hpp"

#include <lddynamo/environment.hpp>
#include <lddynamo/result.hpp>
#include <lddynamo/secret.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace lddynamo::http {

struct Proxy {
    Url url{};               ///< https: TLS to the proxy itself. Holds neither user nor password.
    Secret authorization{};  ///< The value of Proxy-Authorization; empty: none.
    std::string setting{};   ///< What named it: "HTTPS_PROXY".
};

/// @param text     "http://user:password@host:port"; the scheme http and the port 80 (443 for
///                 https) may be left out; user and password are percent-decoded.
/// @param setting  what the text was read from.
/// @retval ErrorCode::kInvalidArgument  the message names the setting and never repeats the text.
[[nodiscard]] Result<std::shared_ptr<Proxy const>> ParseProxy(std::string_view text,
                                                              std::string setting);

/// Where a request goes, and which way.
struct Route {
    Url url{};
    std::shared_ptr<Proxy const> proxy{};  ///< nullptr: straight. Shared with the settings.

    /// What to connect to.
    [[nodiscard]] Url const& Hop() const noexcept { return proxy ? proxy->url : url; }
    /// Through a tunnel that the proxy opens, and not by requests to the proxy.
    [[nodiscard]] bool IsTunnel() const noexcept { return proxy && url.https; }
    [[nodiscard]] bool NeedsTls() const noexcept { return url.https || Hop().https; }
    /// "host:443", or "host:443 (through the proxy host:3128)".
    [[nodiscard]] std::string Describe() const;
    /// "host:443" or "the proxy host:3128".
    [[nodiscard]] std::string DescribeHop() const;
};

/// Reads the variables when a URL first needs them, once.
/// @par Thread safety  All methods may be called from any thread at once.
class ProxySettings {
  public:
    /// @param proxy, no_proxy  as in HttpTransportOptions.
    ProxySettings(std::optional<std::string> proxy, std::optional<std::string> no_proxy,
                  Environment const& environment);
    /// nullptr: without one.
    /// @retval ErrorCode::kInvalidArgument  as ParseProxy.
    [[nodiscard]] Result<std::shared_ptr<Proxy const>> For(Url const& url);

  private:
    using Answer = Result<std::shared_ptr<Proxy const>>;
    [[nodiscard]] Answer Find(bool https) const;
    [[nodiscard]] Answer FromEnvironment(bool https) const;

    std::optional<std::string> const proxy_;
    std::optional<std::string> const no_proxy_;
    Environment const& environment_;
    std::mutex mutex_;
    std::optional<Answer> for_http_;       // guarded by mutex_
    std::optional<Answer> for_https_;      // guarded by mutex_
    std::optional<NoProxyList> excepted_;  // guarded by mutex_
};

}  // namespace lddynamo::http
