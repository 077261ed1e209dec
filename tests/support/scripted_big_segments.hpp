/// @file
/// ScriptedBigSegments: a BigSegmentStore that counts, fails and blocks on demand.
#pragma once

#include <lddynamo/big_segment_store.hpp>

#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::test_support {

/// Memberships are put by context key, and asked for by hash as ever. Thread-safe.
class ScriptedBigSegments final : public BigSegmentStore {
  public:
    enum class Mood { kWorks, kFails, kThrows };

    void SetTime(std::optional<BigSegmentTime> time) {
        std::scoped_lock const lock(mutex_);
        time_ = time;
    }
    void SetMood(Mood metadata, Mood membership) {
        std::scoped_lock const lock(mutex_);
        metadata_mood_ = metadata;
        membership_mood_ = membership;
    }
    void Put(std::string_view context_key, std::vector<std::string> const& included,
             std::vector<std::string> const& excluded = {}) {
        std::scoped_lock const lock(mutex_);
        std::string const hash = BigSegmentContextHash(context_key);
        keys_[hash] = context_key;
        memberships_[hash] = BigSegmentMembership::Make(included, excluded);
    }

    /// Calls wait at a closed gate.
    void CloseGate() {
        std::scoped_lock const lock(mutex_);
        open_ = false;
    }
    void OpenGate() {
        std::scoped_lock const lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    void AwaitAtGate(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return at_gate_ >= count; });
    }
    void AwaitMetadataCalls(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return metadata_calls_ >= count; });
    }

    [[nodiscard]] std::size_t MetadataCalls() const {
        std::scoped_lock const lock(mutex_);
        return metadata_calls_;
    }
    /// Keys that were asked for, in order; a hash where the key was never put.
    [[nodiscard]] std::vector<std::string> Asked() const {
        std::scoped_lock const lock(mutex_);
        return asked_;
    }

    [[nodiscard]] Result<std::optional<BigSegmentTime>> GetMetadata() override {
        std::unique_lock lock(mutex_);
        ++metadata_calls_;
        changed_.notify_all();
        PassGate(lock);
        if (auto error = Trouble(metadata_mood_)) return Fail(*error);
        return time_;
    }
    [[nodiscard]] Result<BigSegmentMembership> GetMembership(
        std::string_view context_hash) override {
        std::unique_lock lock(mutex_);
        auto const key = keys_.find(context_hash);
        asked_.emplace_back(key == keys_.end() ? context_hash : key->second);
        PassGate(lock);
        if (auto error = Trouble(membership_mood_)) return Fail(*error);
        auto const found = memberships_.find(context_hash);
        return found == memberships_.end() ? BigSegmentMembership() : found->second;
    }

  private:
    void PassGate(std::unique_lock<std::mutex>& lock) {
        if (open_) return;
        ++at_gate_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
        --at_gate_;
    }
    [[nodiscard]] static std::optional<Error> Trouble(Mood mood) {
        if (mood == Mood::kThrows) throw std::runtime_error("scripted");
        if (mood == Mood::kWorks) return std::nullopt;
        Error error;
        error.code = ErrorCode::kUnavailable;
        error.message = "out of order";
        return error;
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by mutex_:
    std::optional<BigSegmentTime> time_;
    std::map<std::string, std::string, std::less<>> keys_;
    std::map<std::string, BigSegmentMembership, std::less<>> memberships_;
    std::vector<std::string> asked_;
    std::size_t metadata_calls_ = 0;
    std::size_t at_gate_ = 0;
    Mood metadata_mood_ = Mood::kWorks;
    Mood membership_mood_ = Mood::kWorks;
    bool open_ = true;
};

}  // namespace lddynamo::test_support
