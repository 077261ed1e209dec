/// @file
/// Migrator: reads and writes through the old system, the new one or both, as a flag says.
/// Layer: client.
///
/// What each stage calls, in which order, and what is measured, is as in the Go SDK's
/// ldclient.Migration.
#pragma once

#include <lddynamo/client.hpp>
#include <lddynamo/clock.hpp>
#include <lddynamo/context.hpp>
#include <lddynamo/migration.hpp>
#include <lddynamo/result.hpp>
#include <lddynamo/value.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lddynamo {

/// How a read asks both systems, where the stage wants both.
enum class MigrationReadOrder : std::uint8_t {
    kSerial,      ///< The authoritative one first.
    kRandom,      ///< Either one first, by chance.
    kConcurrent,  ///< Both at once: one on the caller's thread, the other on a thread of its own.
};

struct MigratorOptions {
    MigrationReadOrder read_order = MigrationReadOrder::kConcurrent;
    bool track_latency = true;
    bool track_errors = true;
    Clock const* clock = nullptr;  ///< For latencies. nullptr: the machine's.
    /// Gives numbers of 0 to below 1, evenly, on any thread; empty: the library's.
    std::function<double()> random{};
};

/// What a Migrator needs of a Client; to be implemented where a test wants another.
/// @par Thread safety  Both methods may be called from any thread at once.
class MigrationClient {
  public:
    MigrationClient() = default;
    MigrationClient(MigrationClient const&) = delete;
    MigrationClient& operator=(MigrationClient const&) = delete;
    virtual ~MigrationClient() = default;

    [[nodiscard]] virtual MigrationVariationResult MigrationVariation(
        std::string_view flag, Context const& context, MigrationStage default_stage) noexcept = 0;
    virtual void TrackMigration(MigrationTracker const& tracker) noexcept = 0;
};

/// What one of the systems gave.
template <class Output>
struct MigrationResult {
    MigrationOrigin origin = MigrationOrigin::kOld;
    Result<Output> result;
};

template <class Output>
struct MigrationWriteResult {
    MigrationResult<Output> authoritative;
    /// Empty when the other system was not called: the stage is not for both, or the authoritative
    /// one failed.
    std::optional<MigrationResult<Output>> non_authoritative{};
};

/// The part of a Migrator that does not depend on its types. Use Migrator.
class MigrationRunner {
  public:
    /// Calls a system. @return whether it succeeded.
    using Call = std::function<bool(MigrationOrigin)>;

    MigrationRunner(std::shared_ptr<MigrationClient> client, MigratorOptions options);

    /// @param same  whether both gave the same; empty: nobody can tell.
    /// @return which one is authoritative.
    MigrationOrigin Read(std::string_view flag, Context const& context,
                         MigrationStage default_stage, Call const& call,
                         std::function<bool()> const& same) const;
    MigrationOrigin Write(std::string_view flag, Context const& context,
                          MigrationStage default_stage, Call const& call) const;

  private:
    struct Measured;
    [[nodiscard]] Measured Measure(MigrationOrigin origin, Call const& call) const;
    bool Note(MigrationTracker& tracker, Measured const& measured) const;
    /// @return whether both succeeded.
    bool ReadBoth(MigrationTracker& tracker, MigrationOrigin authoritative, Call const& call) const;

    std::shared_ptr<MigrationClient> client_;  // shared by the copies of a Migrator
    MigratorOptions options_;
    Clock const* clock_;
};

/// Moves an application from one system to another, in the stages of a migration flag.
///
/// `Payload` is what the functions are given, `Output` what they give. Where reads and writes have
/// other types, make two: one with the functions that read, one with those that write.
/// @code
/// auto const orders = Migrator<OrderId, Order>::Create(
///     *client, {.read_old = [&](OrderId const& id) { return old_table.Find(id); },
///               .read_new = [&](OrderId const& id) { return new_table.Find(id); },
///               .compare = std::equal_to<Order>()});
/// Result<Order> order = orders->Read("orders-db", context, MigrationStage::kOff, id).result;
/// @endcode
/// What a function throws counts as its failure (ErrorCode::kInternal).
/// @par Thread safety  Both methods may be called from any thread at once; the functions run on the
///                     caller's thread and, with kConcurrent, on one more.
/// @par Blocking       As the functions; no thread is left when a method returns.
/// @par Lifetime       Must not outlive the Client. Copies share nothing that changes.
template <class Payload = Value, class Output = Value>
class Migrator {
  public:
    using Function = std::function<Result<Output>(Payload const&)>;
    struct Functions {
        Function read_old{};
        Function read_new{};
        /// Whether both reads gave the same; empty: consistency is not checked. Called when both
        /// succeeded, as often as the flag says; when it throws, nothing was compared.
        std::function<bool(Output const& of_old, Output const& of_new)> compare{};
        Function write_old{};
        Function write_new{};
    };

    /// @retval ErrorCode::kInvalidArgument  a function to read or write is there and its
    ///                                      counterpart is not, or there are none.
    [[nodiscard]] static Result<Migrator> Create(Client& client, Functions functions,
                                                 MigratorOptions options = {}) {
        return Create(std::make_shared<OfClient>(client), std::move(functions), std::move(options));
    }
    /// The same. @param client  also kInvalidArgument: nullptr.
    [[nodiscard]] static Result<Migrator> Create(std::shared_ptr<MigrationClient> client,
                                                 Functions functions,
                                                 MigratorOptions options = {}) {
        if (client == nullptr)
            return Fail(ErrorCode::kInvalidArgument, "a migrator needs a client");
        if (!functions.read_old != !functions.read_new ||
            !functions.write_old != !functions.write_new ||
            (!functions.read_old && !functions.write_old)) {
            return Fail(ErrorCode::kInvalidArgument,
                        "a migrator needs functions to read, to write or both, each for the old "
                        "and the new system");
        }
        return Migrator(MigrationRunner(std::move(client), std::move(options)),
                        std::move(functions));
    }

    /// Reads what the flag's stage says: the old system (off, dualwrite), both (shadow, live) or
    /// the new one (rampdown, complete).
    /// @return of the authoritative system: the old one up to shadow. kInvalidArgument when there
    ///         are no functions to read; then the flag is not evaluated.
    [[nodiscard]] MigrationResult<Output> Read(std::string_view flag, Context const& context,
                                               MigrationStage default_stage,
                                               Payload const& payload) const {
        if (!functions_.read_old) return {MigrationOrigin::kOld, NoFunctions()};
        Outputs outputs;
        std::function<bool()> same;
        if (functions_.compare) {
            same = [this, &outputs] {
                return functions_.compare(**outputs.old_output, **outputs.new_output);
            };
        }
        MigrationOrigin const origin = runner_.Read(
            flag, context, default_stage,
            [this, &outputs, &payload](MigrationOrigin of) {
                return outputs.Fill(of, functions_.read_old, functions_.read_new, payload);
            },
            same);
        return {origin, *std::move(outputs.Of(origin))};
    }

    /// Writes to what the flag's stage says: the old system alone (off), both, or the new one alone
    /// (complete). Of both, the authoritative one first (the old one up to shadow), and the other
    /// one if that succeeded.
    /// @return as Read, for functions to write.
    [[nodiscard]] MigrationWriteResult<Output> Write(std::string_view flag, Context const& context,
                                                     MigrationStage default_stage,
                                                     Payload const& payload) const {
        if (!functions_.write_old) return {{MigrationOrigin::kOld, NoFunctions()}, {}};
        Outputs outputs;
        MigrationOrigin const origin = runner_.Write(
            flag, context, default_stage, [this, &outputs, &payload](MigrationOrigin of) {
                return outputs.Fill(of, functions_.write_old, functions_.write_new, payload);
            });
        MigrationOrigin const other =
            origin == MigrationOrigin::kOld ? MigrationOrigin::kNew : MigrationOrigin::kOld;
        MigrationWriteResult<Output> written{{origin, *std::move(outputs.Of(origin))}, {}};
        if (outputs.Of(other)) {
            written.non_authoritative.emplace(
                MigrationResult<Output>{other, *std::move(outputs.Of(other))});
        }
        return written;
    }

  private:
    class OfClient final : public MigrationClient {
      public:
        explicit OfClient(Client& client) noexcept : client_(client) {}
        [[nodiscard]] MigrationVariationResult MigrationVariation(
            std::string_view flag, Context const& context,
            MigrationStage default_stage) noexcept override {
            return client_.MigrationVariation(flag, context, default_stage);
        }
        void TrackMigration(MigrationTracker const& tracker) noexcept override {
            client_.TrackMigration(tracker);
        }

      private:
        Client& client_;
    };

    /// What was given so far. Two threads may fill one side each.
    struct Outputs {
        std::optional<Result<Output>> old_output{};
        std::optional<Result<Output>> new_output{};

        [[nodiscard]] std::optional<Result<Output>>& Of(MigrationOrigin origin) noexcept {
            return origin == MigrationOrigin::kOld ? old_output : new_output;
        }
        bool Fill(MigrationOrigin origin, Function const& old_function,
                  Function const& new_function, Payload const& payload) {
            std::optional<Result<Output>>& output = Of(origin);
            try {
                output.emplace(
                    (origin == MigrationOrigin::kOld ? old_function : new_function)(payload));
            } catch (std::exception const& exception) {
                output.emplace(Thrown(exception.what()));
            } catch (...) {
                output.emplace(Thrown("of an unknown type"));
            }
            return output->has_value();
        }
    };

    [[nodiscard]] static tl::unexpected<Error> Thrown(std::string_view what) {
        return Fail(ErrorCode::kInternal,
                    "the migration's function threw an exception: " + std::string(what));
    }
    [[nodiscard]] static tl::unexpected<Error> NoFunctions() {
        return Fail(ErrorCode::kInvalidArgument, "the migrator has no functions for this");
    }

    Migrator(MigrationRunner runner, Functions functions)
        : runner_(std::move(runner)), functions_(std::move(functions)) {}

    MigrationRunner runner_;
    Functions functions_;
};

}  // namespace lddynamo
