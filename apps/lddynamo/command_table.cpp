#include "lddynamo/console.hpp"
#include "lddynamo/session.hpp"

#include <lddynamo/value.hpp>

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace lddynamo::app {

int RunTableCreate(Session const& session) {
    auto const& common = session.Args().common;
    auto client = session.MakeClient();
    if (!client) return Report(client.error());
    auto const created = CreateFeatureTable(**client, common.table);
    if (!created) return Report(created.error());
    if (common.output == OutputFormat::kJson) {
        return Print(Value::Object({{"table", common.table}, {"created", *created}}).ToJson() +
                     "\n");
    }
    auto const name = Printable(common.table);
    return Print(*created ? fmt::format("created table {}\n", name)
                          : fmt::format("table {} exists with the right keys\n", name));
}

int RunTableDescribe(Session const& session) {
    auto const& common = session.Args().common;
    auto client = session.MakeClient();
    if (!client) return Report(client.error());
    auto const table = (*client)->DescribeTable(common.table);
    if (!table) return Report(table.error());

    bool const fits = CheckFeatureTable(**client, common.table).has_value();
    auto const& keys = table->keys;
    if (common.output == OutputFormat::kJson) {
        std::vector<Value::Member> members{
            {"table", table->name},
            {"status", table->status},
            {"partitionKey", keys.partition_key},
            {"partitionKeyType", keys.partition_type},
            {"sortKey", keys.sort_key.empty() ? Value() : Value(keys.sort_key)},
            {"sortKeyType", keys.sort_key.empty() ? Value() : Value(keys.sort_type)},
            {"rightKeys", fits},
            {"billingMode", table->billing_mode},
            {"itemCount", table->item_count},
            {"sizeBytes", table->size_bytes},
            {"arn", table->arn},
        };
        return Print(Value::Object(std::move(members)).ToJson() + "\n");
    }
    auto const sort = keys.sort_key.empty() ? std::string("none")
                                            : fmt::format("{} ({})", keys.sort_key, keys.sort_type);
    return Print(FormatTable({
        {"table", table->name},
        {"status", table->status},
        {"partition key", fmt::format("{} ({})", keys.partition_key, keys.partition_type)},
        {"sort key", sort},
        {"keys fit lddynamo", fits ? "yes" : "no: namespace (S) and key (S) are needed"},
        {"billing", table->billing_mode},
        {"items", fmt::format("{} (updated by AWS every six hours)", table->item_count)},
        {"size", fmt::format("{} bytes", table->size_bytes)},
        {"arn", table->arn},
    }));
}

}  // namespace lddynamo::app
