#include <gtest/gtest.h>

#include <cstdio>

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    int const status = RUN_ALL_TESTS();
    // A filter that matches nothing must not look like success.
    if (!::testing::GTEST_FLAG(list_tests) &&
        ::testing::UnitTest::GetInstance()->test_to_run_count() == 0) {
        std::fputs("no test was run\n", stderr);
        return 1;
    }
    return status;
}
