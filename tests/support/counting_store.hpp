/// @file
/// CountingStore: a FeatureStore that counts, fails and blocks on demand.
#pragma once

#include <lddynamo/feature_store.hpp>

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::test_support {

/// Thread-safe.
class CountingStore final : public FeatureStore {
  public:
    /// One read, by the keys that were asked for; `everything` for All and LoadAll.
    struct Read {
        std::string method{};
        std::vector<ItemKey> keys{};
    };

    void Put(DataKind kind, std::string_view key, std::int64_t version, std::string json,
             bool deleted = false) {
        std::scoped_lock const lock(mutex_);
        data_.Of(kind)[std::string(key)] = {version, deleted, std::move(json)};
    }
    void PutFlag(std::string_view key, std::int64_t version, std::string json) {
        Put(DataKind::kFeatures, key, version, std::move(json));
    }
    void PutSegment(std::string_view key, std::int64_t version, std::string json) {
        Put(DataKind::kSegments, key, version, std::move(json));
    }
    void Remove(DataKind kind, std::string_view key) {
        std::scoped_lock const lock(mutex_);
        data_.Of(kind).erase(std::string(key));
    }
    /// A row that the store itself cannot understand.
    void PutMalformedRow(DataKind kind, std::string_view key) {
        std::scoped_lock const lock(mutex_);
        malformed_.push_back({kind, std::string(key), "no item"});
    }
    void ClearMalformedRows() {
        std::scoped_lock const lock(mutex_);
        malformed_.clear();
    }

    /// Every read fails with this until it is called with nullopt.
    void Fail(std::optional<Error> error) {
        std::scoped_lock const lock(mutex_);
        error_ = std::move(error);
    }
    void FailAsUnavailable() {
        Error error;
        error.code = ErrorCode::kUnavailable;
        error.message = "the table is out of order";
        Fail(std::move(error));
    }
    void Throw(bool value) {
        std::scoped_lock const lock(mutex_);
        throw_ = value;
    }

    /// Reads wait at a closed gate.
    void CloseGate() {
        std::scoped_lock const lock(mutex_);
        open_ = false;
    }
    void OpenGate() {
        {
            std::scoped_lock const lock(mutex_);
            open_ = true;
        }
        changed_.notify_all();
    }
    /// Waits until that many reads are at the closed gate.
    void AwaitReaders(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return at_gate_ >= count; });
    }

    [[nodiscard]] std::vector<Read> Reads() const {
        std::scoped_lock const lock(mutex_);
        return reads_;
    }
    [[nodiscard]] std::size_t ReadCount() const {
        std::scoped_lock const lock(mutex_);
        return reads_.size();
    }
    void ForgetReads() {
        std::scoped_lock const lock(mutex_);
        reads_.clear();
    }

    [[nodiscard]] Result<InitReport> Init(StoreData const& data) override {
        std::scoped_lock const lock(mutex_);
        data_ = data;
        initialized_ = true;
        return InitReport{};
    }
    [[nodiscard]] Result<bool> Initialized() override {
        std::scoped_lock const lock(mutex_);
        if (throw_) throw std::runtime_error("scripted");
        if (error_) return lddynamo::Fail(*error_);
        return initialized_;
    }
    [[nodiscard]] Result<std::optional<SerializedItem>> Get(DataKind kind,
                                                            std::string_view key) override {
        std::unique_lock lock(mutex_);
        if (auto error = Enter(lock, {"Get", {{kind, std::string(key)}}})) {
            return lddynamo::Fail(*error);
        }
        if (IsMalformed(kind, key)) return lddynamo::Fail(ErrorCode::kInvalidData, "no item");
        auto const found = data_.Of(kind).find(key);
        if (found == data_.Of(kind).end()) return std::optional<SerializedItem>();
        return std::optional<SerializedItem>(found->second);
    }
    [[nodiscard]] Result<AllItems> All(DataKind kind) override {
        std::unique_lock lock(mutex_);
        if (auto error = Enter(lock, {"All", {}})) return lddynamo::Fail(*error);
        AllItems all;
        all.items = data_.Of(kind);
        return all;
    }
    [[nodiscard]] Result<UpsertOutcome> Upsert(DataKind kind, std::string_view key,
                                               SerializedItem const& item) override {
        Put(kind, key, item.version, item.json, item.deleted);
        return UpsertOutcome::kWritten;
    }
    [[nodiscard]] Result<ManyItems> GetMany(std::span<ItemKey const> keys) override {
        std::unique_lock lock(mutex_);
        if (auto error = Enter(lock, {"GetMany", {keys.begin(), keys.end()}})) {
            return lddynamo::Fail(*error);
        }
        ManyItems many;
        for (ItemKey const& key : keys) {
            auto const found = data_.Of(key.kind).find(key.key);
            if (IsMalformed(key.kind, key.key)) {
                many.malformed.push_back({key.kind, key.key, "no item"});
            } else if (found != data_.Of(key.kind).end()) {
                many.items.emplace(key, found->second);
            }
        }
        return many;
    }
    [[nodiscard]] Result<LoadedData> LoadAll() override {
        std::unique_lock lock(mutex_);
        if (auto error = Enter(lock, {"LoadAll", {}})) return lddynamo::Fail(*error);
        LoadedData loaded;
        loaded.data = data_;
        for (ItemNote const& note : malformed_) loaded.data.Of(note.kind).erase(note.key);
        loaded.malformed = malformed_;
        return loaded;
    }

  private:
    [[nodiscard]] bool IsMalformed(DataKind kind, std::string_view key) const {
        for (ItemNote const& note : malformed_) {
            if (note.kind == kind && note.key == key) return true;
        }
        return false;
    }
    [[nodiscard]] std::optional<Error> Enter(std::unique_lock<std::mutex>& lock, Read read) {
        reads_.push_back(std::move(read));
        if (!open_) {
            ++at_gate_;
            changed_.notify_all();
            changed_.wait(lock, [this] { return open_; });
            --at_gate_;
        }
        if (throw_) throw std::runtime_error("scripted");
        return error_;
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by mutex_:
    StoreData data_;
    std::vector<ItemNote> malformed_;
    std::optional<Error> error_;
    std::vector<Read> reads_;
    std::size_t at_gate_ = 0;
    bool open_ = true;
    bool throw_ = false;
    bool initialized_ = false;
};

}  // namespace lddynamo::test_support
