/// @file
/// DiagnosticData: what diagnostic events tell of a client's set-up.
/// Layer: client.
///
/// The members are those that the Go SDK sends. None holds a URI, a key, or a name of the caller's.
#pragma once

#include <lddynamo/client_options.hpp>
#include <lddynamo/secret.hpp>
#include <lddynamo/value.hpp>

#include <string>

namespace lddynamo::client {

struct DiagnosticData {
    Value sdk{};
    Value configuration{};
    Value platform{};
    std::string sdk_key_suffix{};  ///< The last six characters, which tell environments apart.
};

/// @param options  with the data_store that the caller gave, if any.
[[nodiscard]] DiagnosticData MakeDiagnosticData(ClientOptions const& options);

}  // namespace lddynamo::client
