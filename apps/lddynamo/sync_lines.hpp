/// @file
/// SyncLines: what `sync` says of what it does.
#pragma once

#include "lddynamo/arguments.hpp"

#include <lddynamo/feature_store.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::app {

/// Tells what happened, once: an outage is one line when it begins and one when it is over. Where
/// stderr is a terminal, its last line says how things are.
/// @par Thread safety  None.
class SyncLines {
  public:
    /// @param log  what else writes to stderr.
    SyncLines(OutputFormat output, Logger const& log);
    SyncLines(SyncLines const&) = delete;
    SyncLines& operator=(SyncLines const&) = delete;
    ~SyncLines();  ///< Clears the terminal's last line.

    /// Shows the terminal's last line from now on: what is written past this would garble it.
    void Begin() { ShowState(); }
    /// The errors that there are now; none: all is well.
    void Failing(std::vector<Error> const& errors);
    /// An Init. @return false: stdout takes no more.
    /// @param left_out  of which `log` has told as a warning.
    [[nodiscard]] bool Filled(InitReport const& report, std::size_t flags, std::size_t segments,
                              std::vector<ItemNote> const& left_out);
    /// An Upsert. @return false: stdout takes no more.
    [[nodiscard]] bool Upserted(DataKind kind, std::string_view key, SerializedItem const& item,
                                UpsertOutcome outcome);

    /// Written only if somebody takes it: for the end, which must not wait.
    void Last(std::string const& text);

  private:
    void Clear();
    void Note(std::string const& text);
    void ShowState();

    OutputFormat output_;
    bool log_warns_;
    bool terminal_;
    bool shown_ = false;
    std::string outage_{};
    std::string last_{"connecting"};
    std::size_t changes_ = 0;
};

}  // namespace lddynamo::app
