// Prints the Big Segments of contexts, through the public API alone.
//
//   big_segments_reader TABLE PREFIX < lines
//
// A line "metadata" gives the time in milliseconds or null; any other is a JSON array, a context's
// key and segment references, and gives an array of true, false and null.

#include <lddynamo/lddynamo.hpp>

#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    auto store = lddynamo::DynamoDbBigSegmentStore::Create(
        lddynamo::DynamoDbBigSegmentStoreOptions{.table = argv[1], .prefix = argv[2]});
    if (!store) return std::fprintf(stderr, "%s\n", store.error().Describe().c_str()), 1;
    for (std::string line; std::getline(std::cin, line);) {
        if (line == "metadata") {
            auto const time = (*store)->GetMetadata();
            if (!time) return std::fprintf(stderr, "%s\n", time.error().Describe().c_str()), 1;
            std::puts(*time ? std::to_string((*time)->time_since_epoch().count()).c_str() : "null");
            continue;
        }
        auto const request = lddynamo::Value::Parse(line);
        if (!request || !request->IsArray()) return 2;
        auto const& words = request->AsArray();
        auto const membership =
            (*store)->GetMembership(lddynamo::BigSegmentContextHash(words[0].AsString()));
        if (!membership) {
            return std::fprintf(stderr, "%s\n", membership.error().Describe().c_str()), 1;
        }
        std::vector<lddynamo::Value> answers;
        for (std::size_t i = 1; i < words.size(); ++i) {
            auto const in = membership->Check(words[i].AsString());
            answers.push_back(in ? lddynamo::Value(*in) : lddynamo::Value());
        }
        std::puts(lddynamo::Value::Array(std::move(answers)).ToJson().c_str());
    }
    return 0;
}
