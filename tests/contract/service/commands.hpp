/// @file
/// Commands: what the harness tells a client to do.
///
/// Each takes the command's parameters and gives the JSON of the answer, "" for none. What the
/// client itself says no to is part of the answer; kInvalidArgument is for parameters that cannot
/// be understood.
#pragma once

#include "fields.hpp"

#include <lddynamo/client.hpp>
#include <lddynamo/http_transport.hpp>
#include <lddynamo/result.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace lddynamo::contract {

/// What a command works with.
struct Subject {
    Client& client;
    std::shared_ptr<HttpTransport> const& callbacks;  ///< To the harness.
};

/// Runs `name`; kInvalidArgument, too, when there is no such command.
[[nodiscard]] Result<std::string> RunCommand(std::string_view name, Subject const& subject,
                                             Fields const& parameters);

// commands_evaluate.cpp
[[nodiscard]] Result<std::string> Evaluate(Subject const& subject, Fields const& parameters);
[[nodiscard]] Result<std::string> EvaluateAll(Subject const& subject, Fields const& parameters);
[[nodiscard]] Result<std::string> SecureModeHash(Subject const& subject, Fields const& parameters);
[[nodiscard]] Result<std::string> GetBigSegmentStoreStatus(Subject const& subject,
                                                           Fields const& parameters);

// commands_event.cpp
[[nodiscard]] Result<std::string> IdentifyEvent(Subject const& subject, Fields const& parameters);
[[nodiscard]] Result<std::string> CustomEvent(Subject const& subject, Fields const& parameters);
[[nodiscard]] Result<std::string> FlushEvents(Subject const& subject, Fields const& parameters);

// commands_context.cpp
[[nodiscard]] Result<std::string> ContextBuild(Subject const& subject, Fields const& parameters);
[[nodiscard]] Result<std::string> ContextConvert(Subject const& subject, Fields const& parameters);
[[nodiscard]] Result<std::string> ContextComparison(Subject const& subject,
                                                    Fields const& parameters);

// commands_migration.cpp
[[nodiscard]] Result<std::string> MigrationVariation(Subject const& subject,
                                                     Fields const& parameters);
[[nodiscard]] Result<std::string> MigrationOperation(Subject const& subject,
                                                     Fields const& parameters);

}  // namespace lddynamo::contract
