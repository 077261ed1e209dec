/// @file
/// Session: one run's logger, DynamoDB client and store, made when first needed.
#pragma once

#include "lddynamo/arguments.hpp"

#include <lddynamo/dynamodb_client.hpp>
#include <lddynamo/dynamodb_feature_store.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <functional>
#include <memory>
#include <stop_token>

namespace lddynamo::app {

class Session {
  public:
    explicit Session(Arguments const& arguments);

    [[nodiscard]] Arguments const& Args() const noexcept { return arguments_; }
    [[nodiscard]] Logger const& Log() const noexcept { return logger_; }
    /// What MakeClient makes it with; `stop` ends calls under way.
    [[nodiscard]] DynamoDbClientOptions ClientOptions(std::stop_token stop = {}) const;
    /// @retval others  as MakeDynamoDbClient.
    [[nodiscard]] Result<std::shared_ptr<DynamoDbClient>> MakeClient(
        std::stop_token stop = {}) const;
    /// @retval others  as DynamoDbFeatureStore::Create.
    [[nodiscard]] Result<std::unique_ptr<DynamoDbFeatureStore>> MakeStore(
        std::function<void(std::size_t, std::size_t)> init_progress = {},
        std::stop_token stop = {}) const;

  private:
    Arguments const& arguments_;
    Logger logger_;
};

/// Says so, and gives the exit code for it.
[[nodiscard]] int NotInitialized(Session const& session);
/// Prints the error and gives the exit code for it.
[[nodiscard]] int Report(Error const& error);
/// Prints `text` on stdout; kDone, or kFailed when stdout does not take it.
[[nodiscard]] int Print(std::string_view text);

// One function a command; each returns the exit code.
[[nodiscard]] int RunTableCreate(Session const& session);
[[nodiscard]] int RunTableDescribe(Session const& session);
[[nodiscard]] int RunImport(Session const& session);
[[nodiscard]] int RunExport(Session const& session);
[[nodiscard]] int RunList(Session const& session);
[[nodiscard]] int RunGet(Session const& session);
[[nodiscard]] int RunEval(Session const& session);
[[nodiscard]] int RunLocal(Session const& session);
[[nodiscard]] int RunDiff(Session const& session);
[[nodiscard]] int RunDelete(Session const& session);
[[nodiscard]] int RunMigrate(Session const& session);
[[nodiscard]] int RunWipe(Session const& session);
[[nodiscard]] int RunDoctor(Session const& session);
[[nodiscard]] int RunSync(Session const& session);

}  // namespace lddynamo::app
