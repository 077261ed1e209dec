/// @file
/// DataSource and DataSink: what brings flags and segments, and where it puts them.
/// Layer: datasource.
///
/// Nothing here knows a protocol: a stream, a poll, a file, and one day LaunchDarkly's second
/// protocol, all come down to Init and Upsert.
#pragma once

#include <lddynamo/data_source_status.hpp>
#include <lddynamo/feature_store.hpp>
#include <lddynamo/result.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace lddynamo::datasource {

/// Takes what a data source brings.
/// How the opening of a stream went.
struct StreamInit {
    std::chrono::system_clock::time_point started{};
    std::chrono::milliseconds took{};  ///< Until its first event or its failure.
    bool failed = false;
};

/// @par Thread safety  Called by one thread at a time: the data source's.
/// @par Blocking       May block as a store does.
class DataSink {
  public:
    DataSink() = default;
    DataSink(DataSink const&) = delete;
    DataSink& operator=(DataSink const&) = delete;
    virtual ~DataSink() = default;

    /// Everything there is, in place of all that was.
    /// @return false: it could not be kept; whoever can should bring it again, but not at once.
    [[nodiscard]] virtual bool Init(StoreData data) = 0;
    /// One item, or its tombstone, if its version is newer.
    /// @return false: it could not be kept, and only another Init makes up for it.
    [[nodiscard]] virtual bool Upsert(DataKind kind, std::string_view key, SerializedItem item) = 0;
    /// @param error  why; empty for a change to the better.
    /// kInterrupted before the first data leaves the state at kInitializing: the sink sees to that.
    virtual void OnStatus(DataSourceState state, std::optional<Error> error) = 0;
    /// LaunchDarkly's name for the environment (header X-Ld-Envid); may be called again and again.
    virtual void OnEnvironmentId(std::string_view id) = 0;
    /// Of the data that Init brings next: items that are not among them, as no store takes their
    /// keys. The data source has warned of them.
    virtual void OnLeftOut(std::vector<ItemNote> const& /*items*/) {}
    /// A stream was opened and brought something, or could not be; for diagnostics.
    virtual void OnStreamInit(StreamInit const& /*init*/) {}
};

/// Brings data from its Start to its Stop, on a thread of its own.
class DataSource {
  public:
    DataSource() = default;
    DataSource(DataSource const&) = delete;
    DataSource& operator=(DataSource const&) = delete;
    /// Implementations call Stop.
    virtual ~DataSource() = default;

    /// Once.
    /// @param sink  shared with the thread, which may be in a call of it that outlasts Stop.
    /// @retval ErrorCode::kInternal  no thread can be started.
    [[nodiscard]] virtual Status Start(std::shared_ptr<DataSink> sink) = 0;
    /// Ends it within a second, whatever is under way. A call of the sink that lasts longer is left
    /// to end by itself, and is the last. Harmless when repeated. Not from within a call of the
    /// sink.
    virtual void Stop() noexcept = 0;
    /// Brings everything again soon: the sink lost something. From any thread; never blocks.
    virtual void Refresh() noexcept = 0;
};

}  // namespace lddynamo::datasource
