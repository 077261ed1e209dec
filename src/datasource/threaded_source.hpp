/// @file
/// ThreadedSource: a DataSource that is a loop on a thread.
/// Layer: datasource.
#pragma once

#include "base/worker.hpp"
#include "datasource/attempts.hpp"
#include "datasource/data_source.hpp"

#include <lddynamo/logger.hpp>

#include <memory>
#include <stop_token>
#include <utility>

namespace lddynamo::datasource {

/// What `work` throws (there was no memory for a moment) becomes an interruption: data still come
/// some day, and the program goes on. @return whether it threw nothing.
template <class Work>
[[nodiscard]] bool Guarded(DataSink& sink, Logger const& logger, Work const& work) noexcept {
    constexpr char const* kWhat =
        "data source: an unexpected failure here, perhaps for want of memory";
    try {
        work();
        return true;
    } catch (...) {
        logger.Error(kWhat);
    }
    try {
        sink.OnStatus(DataSourceState::kInterrupted, Error{ErrorCode::kInternal, kWhat});
    } catch (...) {
        // The line has to do.
    }
    return false;
}

/// `Loop` has `std::shared_ptr<DataSink> sink`, `Attempts attempts`, and `Run()`, which returns
/// soon after `attempts` is stopped. The thread shares it, and may outlive the source.
template <class Loop>
class ThreadedSource final : public DataSource {
  public:
    explicit ThreadedSource(std::shared_ptr<Loop> loop) : loop_(std::move(loop)) {}
    ~ThreadedSource() override { Stop(); }

    [[nodiscard]] Status Start(std::shared_ptr<DataSink> sink) override {
        loop_->sink = std::move(sink);
        if (worker_.Start("lddynamo-source",
                          [loop = loop_](std::stop_token const&) { loop->Run(); }))
            return {};
        return Fail(ErrorCode::kInternal, "no thread can be started");
    }
    void Stop() noexcept override {
        loop_->attempts.Stop();
        worker_.Stop();
    }
    void Refresh() noexcept override { loop_->attempts.Refresh(); }

  private:
    std::shared_ptr<Loop> const loop_;  // shared with the thread
    base::Worker worker_;
};

}  // namespace lddynamo::datasource
