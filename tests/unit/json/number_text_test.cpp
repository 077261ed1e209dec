#include <lddynamo/value.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace lddynamo {
namespace {

// Expected texts: what JSON.stringify gives for the same number.
TEST(NumberTextTest, IsThatOfEcmaScript) {
    struct Case {
        double number;
        char const* text;
    };
    double const infinity = std::numeric_limits<double>::infinity();
    for (Case const c : {Case{0, "0"},
                         Case{-0.0, "0"},
                         Case{1, "1"},
                         Case{-1, "-1"},
                         Case{100, "100"},
                         Case{0.1, "0.1"},
                         Case{-0.5, "-0.5"},
                         Case{0.1 + 0.2, "0.30000000000000004"},
                         Case{1.0 / 3, "0.3333333333333333"},
                         Case{123.456, "123.456"},
                         Case{1e20, "100000000000000000000"},
                         Case{123456789012345680000.0, "123456789012345680000"},
                         Case{999999999999999900000.0, "999999999999999900000"},
                         Case{1e21, "1e+21"},
                         Case{-1e21, "-1e+21"},
                         Case{1.5e21, "1.5e+21"},
                         Case{1.2345e100, "1.2345e+100"},
                         Case{0.000001, "0.000001"},
                         Case{0.00000123, "0.00000123"},
                         Case{1e-7, "1e-7"},
                         Case{-1.5e-7, "-1.5e-7"},
                         Case{1e-10, "1e-10"},
                         Case{5e-324, "5e-324"},
                         Case{2.2250738585072014e-308, "2.2250738585072014e-308"},
                         Case{1.7976931348623157e308, "1.7976931348623157e+308"},
                         Case{9007199254740991.0, "9007199254740991"},
                         Case{9007199254740992.0, "9007199254740992"},
                         Case{9007199254740994.0, "9007199254740994"},
                         Case{-9007199254740994.0, "-9007199254740994"},
                         Case{4503599627370495.5, "4503599627370495.5"},
                         Case{18446744073709552000.0, "18446744073709552000"},
                         Case{1614556800000.0, "1614556800000"},
                         Case{infinity, "null"},
                         Case{-infinity, "null"},
                         Case{std::nan(""), "null"}}) {
        EXPECT_EQ(Value(c.number).ToJson(), c.text);
    }
}

TEST(NumberTextTest, GivesTheNumberBack) {
    std::mt19937_64 random(20240229);
    for (int i = 0; i < 20000; ++i) {
        std::uint64_t const bits = random();
        double number = 0;
        std::memcpy(&number, &bits, sizeof number);
        if (!std::isfinite(number)) continue;
        auto const back = Value::Parse(Value(number).ToJson());
        ASSERT_TRUE(back) << Value(number).ToJson();
        EXPECT_EQ(back->AsDouble(), number) << Value(number).ToJson();
    }
}

}  // namespace
}  // namespace lddynamo
