/// @file
/// Diagnosis: what `lddynamo doctor` found out.
#pragma once

#include "lddynamo/session.hpp"

#include "store/survey.hpp"

#include <lddynamo/result.hpp>
#include <lddynamo/value.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lddynamo::app {

/// One thing that was looked at. Names and details are part of the program's contract
/// (docs/cli.md).
struct Check {
    enum class Status : std::uint8_t { kOk, kWarn, kFail, kSkip };
    std::string name{};
    Status status = Status::kOk;
    std::string summary{};                 ///< One line.
    std::string remedy{};                  ///< What to do about it; empty: nothing.
    std::vector<std::string> lines{};      ///< Particulars for people, such as keys of rows.
    std::vector<Value::Member> details{};  ///< The same for programs.
};

class Diagnosis {
  public:
    /// The check stays valid until the next one is added.
    Check& Add(std::string name, Check::Status status, std::string summary);
    void Skip(std::string name, std::string why);
    /// A failed check; an error about credentials makes the exit code that of credentials.
    void AddError(std::string name, Error const& error, std::string remedy);

    [[nodiscard]] int ExitCode() const noexcept;
    [[nodiscard]] std::string AsText() const;
    [[nodiscard]] std::string AsJson() const;

  private:
    [[nodiscard]] std::size_t Count(Check::Status status) const noexcept;

    std::vector<Check> checks_;
    bool credentials_failed_ = false;
};

/// Region, endpoint, retries, credentials, connection and clock.
/// @return a client when asking the table makes sense, else nullptr.
[[nodiscard]] std::shared_ptr<DynamoDbClient> ExamineSetup(Session const& session,
                                                           Diagnosis& diagnosis);
/// The table, and whether its rows can be read. @param client  nullptr: all of it is skipped.
[[nodiscard]] bool ExamineTable(Session const& session, DynamoDbClient* client,
                                Diagnosis& diagnosis);
/// The rows. @param found  empty: nobody looked, and all of it is skipped.
void ExamineRows(Session const& session, std::optional<Result<store::Survey>> const& found,
                 Diagnosis& diagnosis);

}  // namespace lddynamo::app
