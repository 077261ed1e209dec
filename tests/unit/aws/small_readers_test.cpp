// The XML reader and the splitter of commands.
#include "aws/command_words.hpp"
#include "aws/xml_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lddynamo::aws {
namespace {

using ::testing::ElementsAreArray;

TEST(XmlReaderTest, ReadsWhatStsSends) {
    auto const xml =
        ParseXml(std::string("<?xml version='1.0'?>\n<!-- c --><n:A x=\"1\" y='<>'>\n"
                             " <B>1 &lt; 2 &amp; &#x41;&#66;</B><C/><!-- d --><D>"
                             "<![CDATA[<raw>&amp;]]></D><B>second</B></n:A >\n"));
    ASSERT_TRUE(xml) << xml.error().message;
    EXPECT_EQ(xml->name, "A");
    EXPECT_EQ(xml->TextAt({"B"}), "1 < 2 & AB");
    EXPECT_EQ(xml->TextAt({"D"}), "<raw>&amp;");
    EXPECT_EQ(xml->TextAt({"C"}), "");
    EXPECT_EQ(xml->TextAt({"D", "E"}), "");
    EXPECT_EQ(xml->children.size(), 4U);
}

TEST(XmlReaderTest, RefusesWhatIsBrokenOrTooMuch) {
    std::string deep;
    for (int i = 0; i < 33; ++i) deep += "<a>";
    for (int i = 0; i < 33; ++i) deep += "</a>";
    std::string many = "<a>";
    for (int i = 0; i < 2000; ++i) many += "<b/>";
    many += "</a>";
    for (std::string const& text : {std::string(),
                                    std::string("x"),
                                    std::string("<"),
                                    std::string("<a"),
                                    std::string("<a>"),
                                    std::string("<a></b>"),
                                    std::string("<a></a><b/>"),
                                    std::string("<a>&nbsp;</a>"),
                                    std::string("<a>&#0;</a>"),
                                    std::string("<a>&#xD800;</a>"),
                                    std::string("<a>&#1114112;</a>"),
                                    std::string("<a>&amp</a>"),
                                    std::string("<a b></a>"),
                                    std::string("<a b=c></a>"),
                                    std::string("<a b=\"c></a>"),
                                    std::string("<!DOCTYPE a><a/>"),
                                    std::string("<a><![CDATA[</a>"),
                                    std::string("<a><!-- </a>"),
                                    deep,
                                    many}) {
        auto const xml = ParseXml(text);
        ASSERT_FALSE(xml) << text.substr(0, 40);
        EXPECT_EQ(xml.error().code, ErrorCode::kInvalidData);
    }
    EXPECT_TRUE(ParseXml(deep.substr(3, deep.size() - 7)));
}

TEST(CommandWordsTest, Splits) {
    struct Case {
        std::string_view text;
        std::vector<std::string> words;
    };
    for (auto const& [text, words] : std::vector<Case>{
             {"a", {"a"}},
             {"  a\tb\n c ", {"a", "b", "c"}},
             {"\"C:\\Path\\with space\\x\" 'a \"b\" \\'",
              {"C:\\Path\\with space\\x", "a \"b\" \\"}},
             {"a\"b c\"d ''", {"ab cd", ""}},
             {"\"say \\\"hi\\\" \\\\\"", {"say \"hi\" \\"}},
             {"a\\ b \\\"", {"a b", "\""}},
             {"a;b|c $HOME `x` >y", {"a;b|c", "$HOME", "`x`", ">y"}},
         }) {
        auto const got = SplitCommand(text);
        ASSERT_TRUE(got) << text;
        EXPECT_THAT(*got, ElementsAreArray(words)) << text;
    }
    for (std::string_view const bad :
         {std::string_view(""), std::string_view(" \t"), std::string_view("\"a"),
          std::string_view("'a"), std::string_view("a\\"), std::string_view("'' a"),
          std::string_view("a\0b", 3)}) {
        EXPECT_FALSE(SplitCommand(bad)) << bad;
    }
}

}  // namespace
}  // namespace lddynamo::aws
