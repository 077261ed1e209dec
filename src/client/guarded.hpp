/// @file
/// Guarded: calls what a user has made; LogFailure: says what came of it.
/// Layer: client.
#pragma once

#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <exception>
#include <string>
#include <string_view>

namespace lddynamo::client {

/// A user's own store may throw; we do not, unless there is no memory for the message.
/// @param who  as it begins the message.
template <class Call>
auto Guarded(std::string_view who, Call&& call) -> decltype(call()) {
    try {
        return call();
    } catch (std::exception const& exception) {
        return Fail(ErrorCode::kInternal,
                    std::string(who) + " threw an exception: " + exception.what());
    } catch (...) {
        return Fail(ErrorCode::kInternal, std::string(who) + " threw an exception");
    }
}

/// Logs a warning: `what`, and why if that is known.
inline void LogFailure(Logger const& logger, std::string_view what, Error const* why) noexcept {
    if (!logger.Enabled(LogLevel::kWarn)) return;
    try {
        if (why != nullptr) {
            logger.Warn(std::string(what) + ": " + why->Describe());
            return;
        }
    } catch (...) {  // no memory for more than the next line
    }
    logger.Warn(what);
}

}  // namespace lddynamo::client
