/// @file
/// Large items, and a table for stores that chunk them.
#pragma once

#include "support/fake_clock.hpp"
#include "support/fake_dynamodb_client.hpp"

#include <lddynamo/dynamodb_feature_store.hpp>
#include <lddynamo/testing/memory_dynamodb.hpp>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace lddynamo::test_support {

/// Letters and digits that a compressor makes three quarters of, no less.
inline std::string NoiseText(std::size_t size, std::uint64_t seed = 1) {
    constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string text(size, '\0');
    for (auto& c : text) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        c = kLetters[seed >> 58U];
    }
    return text;
}

inline SerializedItem SmallItem(std::string const& key, std::int64_t version) {
    return {.version = version,
            .json = R"({"key":")" + key + R"(","version":)" + std::to_string(version) + "}"};
}
/// Two chunks of noise that the version decides.
inline SerializedItem BigItem(std::string const& key, std::int64_t version,
                              std::size_t size = 530'000) {
    return {.version = version,
            .json = R"({"key":")" + key + R"(","version":)" + std::to_string(version) +
                    R"(,"salt":")" + NoiseText(size, static_cast<std::uint64_t>(version)) + "\"}"};
}
/// Too large for a row, but one chunk.
inline SerializedItem WideItem(std::string const& key, std::int64_t version) {
    return {.version = version,
            .json = R"({"key":")" + key + R"(","version":)" + std::to_string(version) +
                    R"(,"salt":")" + std::string(450'000, 'w') + "\"}"};
}

/// A table in memory and stores on it.
struct ChunkedTable {
    ChunkedTable() {
        if (!CreateFeatureTable(*memory, "flags")) throw std::runtime_error("no table");
    }
    [[nodiscard]] std::unique_ptr<DynamoDbFeatureStore> Make(
        std::shared_ptr<DynamoDbClient> client = nullptr, bool chunked = true,
        std::size_t limit = 16'000'000) {
        DynamoDbFeatureStoreOptions options;
        options.table = "flags";
        options.prefix = "p";
        options.client = client ? std::move(client) : memory;
        options.clock = &clock;
        options.chunk_oversize_items = chunked;
        options.max_chunked_item_bytes = limit;
        auto made = DynamoDbFeatureStore::Create(std::move(options));
        if (!made) throw std::runtime_error(made.error().message);
        return std::move(*made);
    }
    [[nodiscard]] std::vector<Item> Rows(std::string const& ns) const {
        std::vector<Item> rows;
        for (auto& row : memory->Rows("flags")) {
            if (*row.at("namespace").AsS() == "p:" + ns) rows.push_back(row);
        }
        return rows;
    }
    [[nodiscard]] std::size_t Writes() const {
        return memory->CallCount("PutItem") + memory->CallCount("DeleteItem") +
               memory->CallCount("BatchWriteItem") + memory->CallCount("TransactWriteItems");
    }

    std::shared_ptr<MemoryDynamoDb> memory = std::make_shared<MemoryDynamoDb>();
    FakeClock clock;
};

}  // namespace lddynamo::test_support
