#include <lddynamo/result.hpp>

#include <gtest/gtest.h>

#include <set>

namespace lddynamo {
namespace {

TEST(ErrorTest, DescribeHasWhatIsKnown) {
    struct Case {
        Error error;
        char const* expected;
    };
    auto const make = [](int status, char const* service_code, char const* request_id) {
        Error error;
        error.code = ErrorCode::kThrottled;
        error.message = "too fast";
        error.http_status = status;
        error.service_code = service_code;
        error.request_id = request_id;
        return error;
    };
    for (Case const& c :
         {Case{make(0, "", ""), "throttled: too fast"},
          Case{make(400, "", ""), "throttled: too fast (HTTP 400)"},
          Case{make(0, "ThrottlingException", ""), "throttled: too fast (ThrottlingException)"},
          Case{make(0, "", "R1"), "throttled: too fast (request R1)"},
          Case{make(400, "ThrottlingException", "R1"),
               "throttled: too fast (ThrottlingException, HTTP 400, request R1)"}}) {
        EXPECT_EQ(c.error.Describe(), c.expected);
    }
}

TEST(ErrorTest, EveryCodeHasANameOfItsOwn) {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(ErrorCode::kInternal); ++i) {
        auto const name = ToString(static_cast<ErrorCode>(i));
        EXPECT_FALSE(name.empty());
        EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string_view::npos)
            << name;
        EXPECT_TRUE(names.insert(name).second) << name;
    }
    EXPECT_EQ(ToString(static_cast<ErrorCode>(200)), "internal");
}

TEST(ResultTest, FailMakesTheErrorOfAnyResult) {
    Result<int> const number = Fail(ErrorCode::kNotFound, "no table");
    ASSERT_FALSE(number);
    EXPECT_EQ(number.error().code, ErrorCode::kNotFound);
    EXPECT_EQ(number.error().message, "no table");
    EXPECT_FALSE(number.error().retryable);
    EXPECT_EQ(number.error().http_status, 0);
    Status const status = Fail(number.error());
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message, "no table");
    EXPECT_TRUE(Status());
}

}  // namespace
}  // namespace lddynamo
