#include <lddynamo/version.hpp>

#include "base/version_number.hpp"  // made by CMake from the project's version

namespace lddynamo {

std::string_view Version() noexcept {
    return LDDYNAMO_VERSION_TEXT;
}

}  // namespace lddynamo
