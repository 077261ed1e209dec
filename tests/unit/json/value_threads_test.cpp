#include <lddynamo/value.hpp>

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace lddynamo {
namespace {

TEST(ValueThreadsTest, CopiesAreMadeAndDestroyedAnywhere) {
    Value shared = *Value::Parse("{\"a\":[\"text\",{\"b\":1}],\"c\":\"another text\"}");
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([value = shared] {
            for (int i = 0; i < 2000; ++i) {
                Value const copy = value;
                Value const part = copy["a"].AsArray()[static_cast<std::size_t>(i) % 2];
                EXPECT_FALSE(part.IsNull());
                EXPECT_EQ(copy["c"].AsString(), "another text");
            }
        });
    }
    shared = Value();  // the last of the threads destroys the content
    for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace lddynamo
