#include "lddynamo/session.hpp"

#include "lddynamo/console.hpp"

#include <utility>

namespace lddynamo::app {

Session::Session(Arguments const& arguments)
    : arguments_(arguments),
      logger_(arguments.common.log_level ? Logger(MakeStderrSink(*arguments.common.log_level))
                                         : Logger()) {
}

DynamoDbClientOptions Session::ClientOptions(std::stop_token stop) const {
    DynamoDbClientOptions options;
    options.aws.region = arguments_.common.region;
    options.aws.region_from_instance_metadata = arguments_.common.region_from_instance;
    options.aws.profile = arguments_.common.profile;
    options.aws.endpoint_url = arguments_.common.endpoint_url;
    options.aws.logger = logger_;
    options.http.logger = logger_;
    options.http.stop = stop;
    options.stop = std::move(stop);
    return options;
}

Result<std::shared_ptr<DynamoDbClient>> Session::MakeClient(std::stop_token stop) const {
    return MakeDynamoDbClient(ClientOptions(std::move(stop)));
}

Result<std::unique_ptr<DynamoDbFeatureStore>> Session::MakeStore(
    std::function<void(std::size_t, std::size_t)> init_progress, std::stop_token stop) const {
    auto client = MakeClient(std::move(stop));
    if (!client) return Fail(client.error());
    DynamoDbFeatureStoreOptions options;
    options.table = arguments_.common.table;
    options.prefix = arguments_.common.prefix;
    options.client = std::move(*client);
    options.logger = logger_;
    options.chunk_oversize_items = arguments_.common.chunk_oversize;
    options.init_progress = std::move(init_progress);
    return DynamoDbFeatureStore::Create(std::move(options));
}

int NotInitialized(Session const& session) {
    WriteNote("table " + session.Args().common.table + " is not initialized for this prefix");
    return kNotFoundOrNotInitialized;
}

int Report(Error const& error) {
    WriteNote(error.Describe());
    return ExitCodeOf(error);
}

int Print(std::string_view text) {
    if (auto const written = WriteOut(text); !written) return Report(written.error());
    return kDone;
}

}  // namespace lddynamo::app
