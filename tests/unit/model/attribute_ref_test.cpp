#include <lddynamo/context.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo {
namespace {

using ::testing::ElementsAreArray;

TEST(AttributeRefTest, ReadsNamesAndPaths) {
    struct Case {
        char const* text;
        std::vector<std::string> parts;
    };
    for (Case const& c : {Case{"email", {"email"}}, Case{"/email", {"email"}}, Case{"a/b", {"a/b"}},
                          Case{"a~1b", {"a~1b"}}, Case{"a~", {"a~"}}, Case{" ", {" "}},
                          Case{"a/", {"a/"}}, Case{"/a/b", {"a", "b"}}, Case{"/a~1b", {"a/b"}},
                          Case{"/a~0b", {"a~b"}}, Case{"/~01", {"~1"}}, Case{"/~1/~0", {"/", "~"}},
                          Case{"/a/0", {"a", "0"}}, Case{"/\xC3\xA9/b c", {"\xC3\xA9", "b c"}}}) {
        auto const ref = AttributeRef::Parse(c.text);
        EXPECT_TRUE(ref.Valid()) << c.text;
        EXPECT_THAT(ref.Parts(), ElementsAreArray(c.parts)) << c.text;
        EXPECT_EQ(ref.Text(), c.text);
    }
}

TEST(AttributeRefTest, KeepsTheTextOfAnInvalidReference) {
    for (char const* const text :
         {"", "/", "//", "//a", "/a/", "/a//b", "/a~2", "/a~", "/~", "/a/b~x", "/a/~/b"}) {
        auto const ref = AttributeRef::Parse(text);
        EXPECT_FALSE(ref.Valid()) << text;
        EXPECT_TRUE(ref.Parts().empty());
        EXPECT_EQ(ref.Text(), text);
    }
    EXPECT_FALSE(AttributeRef().Valid());
}

TEST(AttributeRefTest, TakesLiteralsAsTheyAre) {
    struct Case {
        char const* name;
        char const* text;
    };
    for (Case const c : {Case{"email", "email"}, Case{"a/b", "a/b"}, Case{"a~b", "a~b"},
                         Case{"/a/b", "/~1a~1b"}, Case{"/", "/~1"}, Case{"/a~b", "/~1a~0b"}}) {
        auto const ref = AttributeRef::Literal(c.name);
        EXPECT_THAT(ref.Parts(), ElementsAreArray({std::string(c.name)}));
        EXPECT_EQ(ref.Text(), c.text);
        EXPECT_EQ(AttributeRef::Parse(ref.Text()), ref);
    }
    EXPECT_FALSE(AttributeRef::Literal("").Valid());
    EXPECT_FALSE(AttributeRef::Parse("a") == AttributeRef::Parse("/a"));
}

}  // namespace
}  // namespace lddynamo
