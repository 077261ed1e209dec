#include "dynamodb/local/data_file.hpp"

#include "dynamodb/local/change_text.hpp"
#include "dynamodb/local/file_io.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <utility>

namespace lddynamo::dynamodb::local {
namespace {

constexpr std::string_view kMagic = "lddynamo local data ";
constexpr std::string_view kFirstLine = "lddynamo local data 1\n";
constexpr std::size_t kHeadBytes = 12;
constexpr std::size_t kChunkBytes = std::size_t{1} << 20U;  // of a compaction's writes
constexpr std::size_t kMaxPayload = std::numeric_limits<std::uint32_t>::max();

std::uint32_t Crc(std::string_view bytes) {
    return static_cast<std::uint32_t>(
        crc32_z(0, reinterpret_cast<Bytef const*>(bytes.data()), bytes.size()));
}

void AppendNumber(std::string& out, std::uint32_t number) {
    for (int i = 0; i < 4; ++i) out += static_cast<char>((number >> (8 * i)) & 0xFFU);
}

std::uint32_t ReadNumber(std::string_view bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        number |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    }
    return number;
}

std::string ToRecord(std::string_view payload) {
    std::string record;
    record.reserve(kHeadBytes + payload.size());
    AppendNumber(record, static_cast<std::uint32_t>(payload.size()));
    AppendNumber(record, Crc(payload));
    AppendNumber(record, Crc(record));
    return record.append(payload);
}

bool IsZero(std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == '\0'; });
}

/// Some file systems show the blocks of an unfinished append as zeros after a power cut.
Result<bool> IsZeroFrom(int file, std::uint64_t offset, std::string const& path) {
    std::string bytes;
    do {
        if (!ReadAt(file, offset, bytes, kChunkBytes)) return Fail(SystemError(path, "read"));
        if (!IsZero(bytes)) return false;
        offset += bytes.size();
    } while (!bytes.empty());
    return true;
}

tl::unexpected<Error> Damaged(std::string const& path, std::uint64_t offset,
                              std::string const& why) {
    return Fail(ErrorCode::kInvalidData, path + ": damaged at offset " + std::to_string(offset) +
                                             ": " + why + "; the file was left as it is");
}

/// Of the first line. @param bytes  the file's first ones.
Status CheckVersion(std::string const& path, std::string_view bytes) {
    if (!bytes.starts_with(kMagic)) {
        return Fail(ErrorCode::kInvalidData,
                    path + ": offset 0: not a data file of lddynamo local; it was left as it is");
    }
    std::string_view const version = bytes.substr(kMagic.size());
    std::size_t const digits = std::min(version.find_first_not_of("0123456789"), version.size());
    if (digits > 0 && version.substr(0, digits) != "1") {
        return Fail(ErrorCode::kInvalidData, path + ": offset " + std::to_string(kMagic.size()) +
                                                 ": version " +
                                                 std::string(version.substr(0, digits)) +
                                                 " of the data file; this program knows version 1");
    }
    return Damaged(path, kMagic.size(), "the first line is broken");
}

std::string RealPath(std::string const& path) {
    std::array<char, PATH_MAX> real{};
    return ::realpath(path.c_str(), real.data()) != nullptr ? std::string(real.data()) : path;
}

}  // namespace

DataFile::DataFile(std::string path, memory::Engine& engine, DataFileOptions options)
    : path_(std::move(path)), engine_(engine), options_(options) {
}

DataFile::~DataFile() {
    engine_.SetJournal(nullptr);
    if (file_ >= 0) ::close(file_);
}

Result<std::unique_ptr<DataFile>> DataFile::Open(std::string path, memory::Engine& engine,
                                                 DataFileOptions options) {
    std::unique_ptr<DataFile> file(new DataFile(std::move(path), engine, options));
    if (auto const opened = file->OpenAndLock(); !opened) return Fail(opened.error());
    if (auto const replayed = file->Replay(); !replayed) return Fail(replayed.error());
    engine.SetJournal(file.get());
    return file;
}

Status DataFile::OpenAndLock() {
    // Again when another process put a new file in its place after we opened the old one.
    for (int tries = 0; tries < 100; ++tries) {
        file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644);
        if (file_ < 0) return Fail(SystemError(path_, "open"));
        struct stat opened {};
        if (::fstat(file_, &opened) != 0) return Fail(SystemError(path_, "look at"));
        if (!S_ISREG(opened.st_mode)) {
            return Fail(ErrorCode::kInvalidData, path_ + ": not a regular file");
        }
        if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK) return Fail(SystemError(path_, "lock"));
            return Fail(ErrorCode::kAlreadyExists, path_ + ": another process uses this data file");
        }
        struct stat named {};
        if (::stat(path_.c_str(), &named) == 0 && named.st_ino == opened.st_ino &&
            named.st_dev == opened.st_dev) {
            path_ = RealPath(path_);  // a new file takes the place of the old, not of a link to it
            return {};
        }
        ::close(std::exchange(file_, -1));
    }
    return Fail(ErrorCode::kIo, path_ + ": it is replaced again and again");
}

Status DataFile::Replay() {
    struct stat found {};
    if (::fstat(file_, &found) != 0) return Fail(SystemError(path_, "look at"));
    auto const end = static_cast<std::uint64_t>(found.st_size);
    std::string first;
    if (!ReadAt(file_, 0, first, kFirstLine.size())) return Fail(SystemError(path_, "read"));
    // A crash may have ended the making of the file.
    if (first.size() < kFirstLine.size() && kFirstLine.starts_with(first)) return Begin();
    if (first != kFirstLine) return CheckVersion(path_, first);
    if (auto const records = ReplayRecords(end); !records) return records;
    if (size_ < end) {
        Note(path_ + ": the last " + std::to_string(end - size_) + " bytes, from offset " +
             std::to_string(size_) + ", are an unfinished record and were cut off");
        if (::ftruncate(file_, static_cast<off_t>(size_)) != 0 || ::fdatasync(file_) != 0) {
            return Fail(SystemError(path_, "cut off an unfinished record"));
        }
    }
    // How large it was when it was last written anew is not known, but what it must hold is.
    std::uint64_t const held = std::min(size_, std::uint64_t{2} * engine_.Bytes());
    compact_at_ = std::max(options_.compact_above, held * 2);
    return {};
}

Status DataFile::ReplayRecords(std::uint64_t end) {
    size_ = kFirstLine.size();
    std::string head;
    std::string payload;
    while (size_ < end) {
        if (!ReadAt(file_, size_, head, kHeadBytes)) return Fail(SystemError(path_, "read"));
        if (head.size() < kHeadBytes) return {};
        std::uint32_t const length = ReadNumber(head, 0);
        if (Crc(std::string_view(head).substr(0, 8)) != ReadNumber(head, 8)) {
            auto const zero = IsZeroFrom(file_, size_, path_);
            if (!zero) return Fail(zero.error());
            if (*zero) return {};
            return Damaged(path_, size_, "the head of a record has a wrong checksum");
        }
        if (length > end - size_ - kHeadBytes) return {};
        if (!ReadAt(file_, size_ + kHeadBytes, payload, length)) {
            return Fail(SystemError(path_, "read"));
        }
        if (payload.size() != length || Crc(payload) != ReadNumber(head, 4)) {
            if (size_ + kHeadBytes + length == end) return {};
            return Damaged(path_, size_,
                           "a record has a wrong checksum, and " +
                               std::to_string(end - size_ - kHeadBytes - length) +
                               " bytes follow it");
        }
        if (auto const applied = ApplyChanges(payload, engine_); !applied) {
            return Damaged(path_, size_, applied.error().message);
        }
        size_ += kHeadBytes + length;
    }
    return {};
}

Status DataFile::Begin() {
    if (!WriteAt(file_, 0, kFirstLine) || ::fsync(file_) != 0) {
        return Fail(SystemError(path_, "write"));
    }
    size_ = kFirstLine.size();
    compact_at_ = options_.compact_above;
    return SyncDirectoryOf(path_);
}

bool DataFile::Record(std::span<memory::Change const> changes) {
    if (!usable_) return false;
    std::string const payload = ChangesToText(changes);
    if (payload.size() > kMaxPayload) return false;  // a request is far smaller
    std::string const record = ToRecord(payload);
    if (WriteAt(file_, size_, record)) {
        size_ += record.size();
        unsynced_ = true;
        failing_ = false;
        return true;
    }
    if (!failing_) Note(SystemError(path_, "write").message + "; the changes were refused");
    failing_ = true;
    if (::ftruncate(file_, static_cast<off_t>(size_)) != 0) {
        usable_ = false;
        Note(SystemError(path_, "cut off an unfinished record").message +
             "; no more changes are taken: start again");
    }
    return false;
}

Status DataFile::Sync() {
    if (!usable_) return Fail(ErrorCode::kIo, path_ + ": an earlier write failed");
    if (!unsynced_) return {};
    if (::fdatasync(file_) != 0) {
        usable_ = false;
        auto error = SystemError(path_, "sync");
        Note(error.message + "; nobody knows what was written: start again");
        return Fail(std::move(error));
    }
    unsynced_ = false;
    if (size_ <= compact_at_) return {};
    if (auto const compacted = Compact(); !compacted) {
        Note(compacted.error().message + "; the file goes on growing");
    }
    compact_at_ = std::max(options_.compact_above, size_ * 2);
    return {};
}

Status DataFile::Compact() {
    std::string const new_path = path_ + ".compacting";
    struct stat old {};
    if (::fstat(file_, &old) != 0) return Fail(SystemError(path_, "look at"));
    int const file = ::open(new_path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return Fail(SystemError(new_path, "open"));
    std::uint64_t size = 0;
    auto status = WriteAll(file, size);
    if (status && (::fchmod(file, old.st_mode & 07777U) != 0 || ::fsync(file) != 0 ||
                   ::flock(file, LOCK_EX | LOCK_NB) != 0)) {
        status = Fail(SystemError(new_path, "finish"));
    }
    if (status && ::rename(new_path.c_str(), path_.c_str()) != 0) {
        status = Fail(SystemError(path_, "replace"));
    }
    if (!status) {
        ::close(file);
        ::unlink(new_path.c_str());
        return status;
    }
    ::close(std::exchange(file_, file));
    size_ = size;
    auto synced = SyncDirectoryOf(path_);
    if (!synced) usable_ = false;  // after a power cut the old file may be back
    return synced;
}

Status DataFile::WriteAll(int file, std::uint64_t& size) const {
    using memory::Change;
    std::string out(kFirstLine);
    std::vector<Change> changes;
    std::size_t bytes = 0;
    auto const flush = [&] {
        if (!changes.empty()) out += ToRecord(ChangesToText(changes));
        changes.clear();
        bytes = 0;
        bool const written = WriteAt(file, size, out);
        size += out.size();
        out.clear();
        return written;
    };
    bool written = true;
    for (auto const& [name, table] : engine_.Tables()) {
        changes.push_back({Change::Kind::kPutTable, &table});
        for (auto const& [key, partition] : table.Partitions()) {
            for (auto const& [sort, row] : partition) {
                changes.push_back({Change::Kind::kPutRow, &table, &row.item});
                bytes += row.bytes + 64;
                if (bytes >= kChunkBytes) written = written && flush();
            }
        }
    }
    written = written && flush();
    return written ? Status{} : Fail(SystemError(path_ + ".compacting", "write"));
}

void DataFile::Note(std::string text) {
    constexpr std::size_t kMaxNotes = 100;  // when nobody takes them
    if (notes_.size() < kMaxNotes) notes_.push_back(std::move(text));
}

std::vector<std::string> DataFile::TakeNotes() {
    return std::exchange(notes_, {});
}

}  // namespace lddynamo::dynamodb::local
