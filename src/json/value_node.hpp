/// @file
/// What a Value's copies share.
/// Layer: json. Private to value.cpp.
#pragma once

#include <lddynamo/value.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>
#include <vector>

namespace lddynamo {
namespace json {

/// Counts the Values that share a node.
class References {
  public:
    void Add() noexcept { count_.fetch_add(1, std::memory_order_relaxed); }
    /// Whether that was the last one.
    [[nodiscard]] bool Drop() noexcept {
        return count_.fetch_sub(1, std::memory_order_acq_rel) == 1;
    }

  private:
    std::atomic<std::uint32_t> count_{1};
};

/// Dead containers are chained through `next`, so that deep values are destroyed without recursion.
struct Container {
    explicit Container(bool array) noexcept : is_array(array) {}
    References references;
    bool const is_array;
    Container* next = nullptr;
};

}  // namespace json

/// The characters follow the node in the same allocation.
struct Value::StringNode {
    json::References references;
    std::size_t size;

    static StringNode* Make(std::string_view text) {
        void* const memory = ::operator new(sizeof(StringNode) + text.size());
        auto* const node = ::new (memory) StringNode{{}, text.size()};
        std::memcpy(static_cast<void*>(node + 1), text.data(), text.size());
        return node;
    }
    static void Destroy(StringNode* node) noexcept {
        node->~StringNode();
        ::operator delete(static_cast<void*>(node));
    }
    [[nodiscard]] std::string_view View() const noexcept {
        return {reinterpret_cast<char const*>(this + 1), size};
    }
};

struct Value::ArrayNode : json::Container {
    explicit ArrayNode(std::vector<Value> values) noexcept
        : Container(true), items(std::move(values)) {}
    std::vector<Value> items;
};

struct Value::ObjectNode : json::Container {
    /// From this many members on, a look-up is a binary search.
    static constexpr std::size_t kIndexedSize = 9;

    explicit ObjectNode(std::vector<Member> named_values);
    [[nodiscard]] Value const* Find(std::string_view name) const noexcept;

    std::vector<Member> members;         // no name twice
    std::vector<std::uint32_t> by_name;  // positions sorted by name; empty for few members

  private:
    void RemoveDuplicatesOfFew();
    void BuildIndex();
};

}  // namespace lddynamo
