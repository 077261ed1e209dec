/// @file
/// FileSource: a DataSource of files, for development.
/// Layer: datasource.
#pragma once

#include "base/worker.hpp"
#include "datasource/data_source.hpp"

#include <lddynamo/file_data.hpp>
#include <lddynamo/logger.hpp>

#include <memory>

namespace lddynamo::datasource {

/// Reads the files when it starts and, where the options ask for it, when they change, or could not
/// be read. Data that a sink did not keep are brought again, as is what Refresh asks for, without
/// reading anew.
///
/// States: kValid while what the files have is in the sink, kInterrupted while a file is wrong or
/// missing; kOff when that is so from the start and the files are not looked at again.
/// @par Thread safety  As DataSource; Stop and Refresh from any thread.
class FileSource final : public DataSource {
  public:
    FileSource(FileDataOptions options, Logger logger);
    ~FileSource() override;

    [[nodiscard]] Status Start(std::shared_ptr<DataSink> sink) override;
    void Stop() noexcept override;
    void Refresh() noexcept override;

  private:
    class Feed;
    std::shared_ptr<Feed> const feed_;  // shared with the thread, which may outlive this object
    base::Worker worker_;
};

}  // namespace lddynamo::datasource
