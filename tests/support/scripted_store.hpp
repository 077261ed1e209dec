/// @file
/// ScriptedStore: a FeatureStore in memory whose methods fail, hang or lie on demand.
#pragma once

#include <lddynamo/memory_feature_store.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::test_support {

/// Methods go by their names, "Upsert"; GetMany and LoadAll are Gets and Alls. Thread-safe.
class ScriptedStore final : public FeatureStore {
  public:
    /// What is in it, without scripts and counting.
    [[nodiscard]] MemoryFeatureStore& Data() noexcept { return data_; }

    /// Every method fails until Heal.
    void Break() { SetBroken(true); }
    void Heal() { SetBroken(false); }
    /// Upsert says this and writes nothing; nullopt: it works.
    void AnswerUpserts(std::optional<UpsertOutcome> outcome) {
        std::scoped_lock const lock(mutex_);
        upsert_outcome_ = outcome;
    }
    /// Init does not store these, and says so.
    void Oversize(std::vector<ItemNote> notes) {
        std::scoped_lock const lock(mutex_);
        oversize_ = std::move(notes);
    }
    /// Get cannot understand any row.
    void MalformRows() {
        std::scoped_lock const lock(mutex_);
        malformed_ = true;
    }

    /// Calls of the method wait, after they have read or written, until OpenGates.
    void CloseGate(std::string_view method) {
        std::scoped_lock const lock(mutex_);
        gates_.emplace(method);
    }
    void OpenGates() {
        std::scoped_lock const lock(mutex_);
        gates_.clear();
        changed_.notify_all();
    }
    /// Waits until a call is at a closed gate. @return false after a long time.
    [[nodiscard]] bool AwaitAtGate(std::size_t count = 1) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kLong, [&] { return at_gate_ >= count; });
    }
    [[nodiscard]] bool AwaitCalls(std::string_view method, std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kLong, [&] { return CallsLocked(method) >= count; });
    }
    [[nodiscard]] std::size_t Calls(std::string_view method) const {
        std::scoped_lock const lock(mutex_);
        return CallsLocked(method);
    }

    [[nodiscard]] Result<InitReport> Init(StoreData const& data) override {
        if (Enter("Init")) return Broken();
        auto report = data_.Init(data);
        PassGate("Init");
        std::scoped_lock const lock(mutex_);
        if (report) report->oversize = oversize_;
        return report;
    }
    [[nodiscard]] Result<bool> Initialized() override {
        if (Enter("Initialized")) return Broken();
        auto initialized = data_.Initialized();
        PassGate("Initialized");
        return initialized;
    }
    [[nodiscard]] Status CheckAvailable() override {
        bool const broken = Enter("CheckAvailable");
        PassGate("CheckAvailable");
        if (broken) return Broken();
        return {};
    }
    [[nodiscard]] Result<std::optional<SerializedItem>> Get(DataKind kind,
                                                            std::string_view key) override {
        if (Enter("Get")) return Broken();
        auto item = data_.Get(kind, key);
        PassGate("Get");
        std::scoped_lock const lock(mutex_);
        if (malformed_) return Fail(ErrorCode::kInvalidData, "no item in the row");
        return item;
    }
    [[nodiscard]] Result<AllItems> All(DataKind kind) override {
        if (Enter("All")) return Broken();
        auto items = data_.All(kind);
        PassGate("All");
        return items;
    }
    [[nodiscard]] Result<UpsertOutcome> Upsert(DataKind kind, std::string_view key,
                                               SerializedItem const& item) override {
        if (Enter("Upsert")) return Broken();
        PassGate("Upsert");
        {
            std::scoped_lock const lock(mutex_);
            if (upsert_outcome_) return *upsert_outcome_;
        }
        return data_.Upsert(kind, key, item);
    }

  private:
    static constexpr std::chrono::seconds kLong{20};

    [[nodiscard]] static tl::unexpected<Error> Broken() {
        return Fail(ErrorCode::kUnavailable, "the table is out of order");
    }
    void SetBroken(bool broken) {
        std::scoped_lock const lock(mutex_);
        broken_ = broken;
    }
    /// @return whether the call is to fail.
    [[nodiscard]] bool Enter(std::string_view method) {
        std::scoped_lock const lock(mutex_);
        ++calls_[std::string(method)];
        changed_.notify_all();
        return broken_;
    }
    void PassGate(std::string_view method) {
        std::unique_lock lock(mutex_);
        if (!gates_.contains(method)) return;
        ++at_gate_;
        changed_.notify_all();
        changed_.wait(lock, [&] { return !gates_.contains(method); });
        --at_gate_;
    }
    [[nodiscard]] std::size_t CallsLocked(std::string_view method) const {
        auto const found = calls_.find(method);
        return found == calls_.end() ? 0 : found->second;
    }

    MemoryFeatureStore data_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by mutex_:
    std::map<std::string, std::size_t, std::less<>> calls_;
    std::set<std::string, std::less<>> gates_;
    std::size_t at_gate_ = 0;
    std::optional<UpsertOutcome> upsert_outcome_;
    std::vector<ItemNote> oversize_;
    bool broken_ = false;
    bool malformed_ = false;
};

}  // namespace lddynamo::test_support
