#include "store/init_order.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <unordered_map>

namespace lddynamo::store {
namespace {

using Level = std::vector<std::size_t>;
using Edges = std::vector<std::vector<std::size_t>>;

/// Takes flags off a graph level by level (Kahn).
class Graph {
  public:
    explicit Graph(std::vector<FlagNeeds> const& flags)
        : needs_(flags.size()),
          needed_by_(flags.size()),
          open_needs_(flags.size()),
          done_(flags.size()),
          left_(flags.size()) {
        std::unordered_map<std::string_view, std::size_t> index;
        index.reserve(flags.size());
        for (std::size_t i = 0; i < flags.size(); ++i) index.emplace(flags[i].first, i);
        for (std::size_t i = 0; i < flags.size(); ++i) {
            for (auto const& key : flags[i].second) {
                if (auto const it = index.find(key); it != index.end()) {
                    needs_[i].push_back(it->second);
                    needed_by_[it->second].push_back(i);
                    ++open_needs_[i];
                }
            }
        }
    }

    [[nodiscard]] bool Empty() const { return left_ == 0; }

    [[nodiscard]] Level Ready() const {
        Level ready;
        for (std::size_t i = 0; i < done_.size(); ++i) {
            if (!done_[i] && open_needs_[i] == 0) ready.push_back(i);
        }
        return ready;
    }

    /// @return what became ready by this.
    Level Remove(Level const& level) {
        for (std::size_t const i : level) done_[i] = true;
        left_ -= level.size();
        Level ready;
        for (std::size_t const i : level) {
            for (std::size_t const user : needed_by_[i]) {
                if (--open_needs_[user] == 0 && !done_[user]) ready.push_back(user);
            }
        }
        std::sort(ready.begin(), ready.end());
        return ready;
    }

    /// When nothing is ready: the circles and what lies between them, without the flags that merely
    /// need a member. Not empty unless the graph is.
    [[nodiscard]] Level Circles() const {
        std::vector<std::size_t> open_users(done_.size());
        std::vector<bool> gone = done_;
        Level unneeded;
        for (std::size_t i = 0; i < done_.size(); ++i) {
            if (done_[i]) continue;
            for (std::size_t const user : needed_by_[i]) open_users[i] += done_[user] ? 0 : 1;
            if (open_users[i] == 0) unneeded.push_back(i);
        }
        while (!unneeded.empty()) {
            std::size_t const i = unneeded.back();
            unneeded.pop_back();
            gone[i] = true;
            for (std::size_t const need : needs_[i]) {
                if (!gone[need] && --open_users[need] == 0) unneeded.push_back(need);
            }
        }
        Level rest;
        for (std::size_t i = 0; i < gone.size(); ++i) {
            if (!gone[i]) rest.push_back(i);
        }
        return rest;
    }

  private:
    Edges needs_;
    Edges needed_by_;
    std::vector<std::size_t> open_needs_;
    std::vector<bool> done_;
    std::size_t left_;
};

}  // namespace

std::vector<std::vector<std::size_t>> PrerequisiteLevels(std::vector<FlagNeeds> const& flags) {
    Graph graph(flags);
    std::vector<Level> levels;
    Level level = graph.Ready();
    while (!graph.Empty()) {
        if (level.empty()) level = graph.Circles();
        Level next = graph.Remove(level);
        levels.push_back(std::move(level));
        level = std::move(next);
    }
    return levels;
}

}  // namespace lddynamo::store
