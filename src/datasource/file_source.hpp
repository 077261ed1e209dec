/// @file
/// FileSource: a DataSource of files, for development.
/// Layer: datasource.
#pragma once

#include "datasource/data_source.hpp"

#include <lddynamo/file_data.hpp>
#include <lddynamo/logger.hpp>

#include <memory>
#include <mutex>
#include <thread>

namespace lddynamo::datasource {

/// Reads the files when it starts and, where the options ask for it, when they change. Data that a
/// sink did not keep are brought again, as is what Refresh asks for, without reading anew.
///
/// States: kValid while what the files have is in the sink, kInterrupted while a file is wrong or
/// missing; kOff when that is so from the start and the files are not looked at again.
/// @par Thread safety  As DataSource; Stop and Refresh from any thread.
class FileSource final : public DataSource {
  public:
    FileSource(FileDataOptions options, Logger logger);
    ~FileSource() override;

    void Start(DataSink& sink) override;
    /// Waits for a call of the sink to end, and for up to a second for a file system that hangs,
    /// which is then left to end by itself.
    void Stop() noexcept override;
    void Refresh() noexcept override;

  private:
    class Feed;
    std::shared_ptr<Feed> const feed_;  // shared with the thread, which may outlive this object
    std::mutex mutex_;
    std::thread thread_;  // guarded by mutex_
};

}  // namespace lddynamo::datasource
