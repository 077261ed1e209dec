/// @file
/// RecordingSink: a DataSink that keeps what it is told, and whom a test can wait for.
#pragma once

#include "datasource/data_source.hpp"

#include <lddynamo/memory_feature_store.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace lddynamo::test_support {

class RecordingSink final : public datasource::DataSink {
  public:
    /// Fails as long as it is to.
    bool Init(StoreData data) override {
        std::scoped_lock const lock(mutex_);
        ++inits_;
        if (fails_) return false;
        (void)store_.Init(data);
        changed_.notify_all();
        return true;
    }
    bool Upsert(DataKind kind, std::string_view key, SerializedItem item) override {
        std::scoped_lock const lock(mutex_);
        if (fails_) return false;
        (void)store_.Upsert(kind, key, item);
        changed_.notify_all();
        return true;
    }
    void OnStatus(DataSourceState state, std::optional<Error> error) override {
        std::scoped_lock const lock(mutex_);
        states_.push_back(state);
        if (error) errors_.push_back(std::move(*error));
        changed_.notify_all();
    }
    void OnEnvironmentId(std::string_view id) override {
        std::scoped_lock const lock(mutex_);
        environment_id_ = id;
    }

    void OnStreamInit(datasource::StreamInit const& init) override {
        std::scoped_lock const lock(mutex_);
        stream_inits_.push_back(init);
    }
    [[nodiscard]] std::vector<datasource::StreamInit> StreamInits() {
        std::scoped_lock const lock(mutex_);
        return stream_inits_;
    }

    void Fails(bool fails) {
        std::scoped_lock const lock(mutex_);
        fails_ = fails;
    }
    /// Waits until `condition`, evaluated under the lock, holds; false after a long time.
    [[nodiscard]] bool WaitFor(std::function<bool()> const& condition) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(20), condition);
    }
    /// Waits for that many states.
    [[nodiscard]] std::vector<DataSourceState> States(std::size_t count) {
        (void)WaitFor([&] { return states_.size() >= count; });
        std::scoped_lock const lock(mutex_);
        return states_;
    }
    [[nodiscard]] std::vector<Error> Errors() {
        std::scoped_lock const lock(mutex_);
        return errors_;
    }
    [[nodiscard]] int Inits() {
        std::scoped_lock const lock(mutex_);
        return inits_;
    }
    [[nodiscard]] std::string EnvironmentId() {
        std::scoped_lock const lock(mutex_);
        return environment_id_;
    }
    /// -1: there is none.
    [[nodiscard]] std::int64_t Version(std::string_view flag) {
        auto const item = store_.Get(DataKind::kFeatures, flag);
        return item && *item ? (*item)->version : -1;
    }

  private:
    MemoryFeatureStore store_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<DataSourceState> states_;  // guarded by mutex_, as all below
    std::vector<Error> errors_;
    std::vector<datasource::StreamInit> stream_inits_;
    std::string environment_id_;
    int inits_ = 0;
    bool fails_ = false;
};

}  // namespace lddynamo::test_support
