/// @file
/// DataFile: the tables of the local service in a file that survives crashes.
/// Layer: dynamodb (local service).
///
/// The file is the line "lddynamo local data 1\n" and then records, only ever appended. A record is
/// twelve bytes (length of the payload, CRC-32 of the payload, CRC-32 of those eight bytes; all
/// little-endian) and a payload (change_text.hpp): what one request changed, or a part of a table
/// after a compaction. A record that was cut off at the end of the file was never acknowledged.
#pragma once

#include "dynamodb/memory/engine.hpp"
#include "dynamodb/memory/journal.hpp"

#include <lddynamo/result.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace lddynamo::dynamodb::local {

struct DataFileOptions {
    /// The file is written anew when it is larger than this and than twice what it was when it
    /// was last written anew.
    std::uint64_t compact_above = 16U << 20U;
};

/// Not thread-safe.
class DataFile final : public memory::Journal {
  public:
    /// Opens or creates the file, makes its changes in the empty `engine`, becomes its journal and
    /// cuts off a record that was not written to its end. Blocks on the file system.
    /// @retval ErrorCode::kIo             the file system refuses; the message has path and cause.
    /// @retval ErrorCode::kAlreadyExists  another process uses the file.
    /// @retval ErrorCode::kInvalidData    not such a file, one of a newer version, or damaged; the
    ///                                    message has the offset. The file is left as it is.
    [[nodiscard]] static Result<std::unique_ptr<DataFile>> Open(std::string path,
                                                                memory::Engine& engine,
                                                                DataFileOptions options = {});
    ~DataFile() override;

    /// Hands the changes to the kernel.
    [[nodiscard]] bool Record(std::span<memory::Change const> changes) override;
    /// There is something that Sync would write.
    [[nodiscard]] bool HasUnsynced() const noexcept { return unsynced_; }
    /// Makes what was recorded durable. Writes the file anew when it has grown enough; when that
    /// fails, the old one is kept.
    /// @retval ErrorCode::kIo  nobody knows what is on the disk; the file takes no more changes.
    [[nodiscard]] Status Sync();
    /// Not after a failure that leaves the content of the disk unknown.
    [[nodiscard]] bool IsUsable() const noexcept { return usable_; }
    [[nodiscard]] std::uint64_t Size() const noexcept { return size_; }
    /// What a user should read: a cut tail, a failed write. Taken once.
    [[nodiscard]] std::vector<std::string> TakeNotes();

  private:
    DataFile(std::string path, memory::Engine& engine, DataFileOptions options);
    [[nodiscard]] Status OpenAndLock();
    [[nodiscard]] Status Replay();
    [[nodiscard]] Status ReplayRecords(std::uint64_t end);
    [[nodiscard]] Status Begin();
    [[nodiscard]] Status Compact();
    [[nodiscard]] Status WriteAll(int file, std::uint64_t& size) const;
    void Note(std::string text);

    std::string path_;
    memory::Engine& engine_;
    DataFileOptions options_;
    int file_ = -1;
    std::uint64_t size_ = 0;  ///< Of the whole records.
    std::uint64_t compact_at_ = 0;
    bool unsynced_ = false;
    bool usable_ = true;
    bool failing_ = false;  ///< The last write failed: it is told once.
    std::vector<std::string> notes_{};
};

}  // namespace lddynamo::dynamodb::local
