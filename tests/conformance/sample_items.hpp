/// @file
/// Items for the conformance suite.
#pragma once

#include <lddynamo/feature_store.hpp>

#include <cstdint>
#include <string>

namespace lddynamo::conformance {

/// An item whose text has that key and version, and `more` after them (", \"on\": true").
inline SerializedItem MakeItem(std::string const& key, std::int64_t version,
                               std::string const& more = "") {
    return {.version = version,
            .json = R"({"key":")" + key + R"(","version":)" + std::to_string(version) + more + "}"};
}
/// A flag that needs another one.
inline SerializedItem MakeNeedyFlag(std::string const& key, std::int64_t version,
                                    std::string const& needs) {
    return MakeItem(key, version, R"(,"prerequisites":[{"key":")" + needs + R"(","variation":0}])");
}

inline std::string Numbered(std::string const& name, std::size_t i) {
    return name + std::to_string(1000 + i);
}

}  // namespace lddynamo::conformance
