#include <lddynamo/data_source_status.hpp>

namespace lddynamo {

std::string_view ToString(DataSourceState state) noexcept {
    switch (state) {
        case DataSourceState::kInitializing:
            return "INITIALIZING";
        case DataSourceState::kValid:
            return "VALID";
        case DataSourceState::kInterrupted:
            return "INTERRUPTED";
        case DataSourceState::kOff:
            break;
    }
    return "OFF";
}

}  // namespace lddynamo
