#include "vectors/vector_file.hpp"

#include <lddynamo/environment.hpp>

#include <gtest/gtest.h>

namespace lddynamo::vectors {

Value ReadVectors(std::string_view file) {
    auto const folder = ProcessEnvironment().GetNonEmpty("LDDYNAMO_AWS_VECTORS");
    if (!folder) {
        ADD_FAILURE() << "LDDYNAMO_AWS_VECTORS does not name the folder of the cases";
        return {};
    }
    auto const text = ProcessEnvironment().ReadFile(*folder + "/" + std::string(file), 16U << 20U);
    if (!text) {
        ADD_FAILURE() << text.error().message;
        return {};
    }
    auto json = Value::Parse(*text);
    if (!json) {
        ADD_FAILURE() << file << ": " << json.error().message;
        return {};
    }
    return std::move(*json);
}

StringMap Strings(Value const& object) {
    StringMap strings;
    for (auto const& [name, value] : object.AsObject()) strings[name] = value.AsString();
    return strings;
}

}  // namespace lddynamo::vectors
