#include "datasource/flag_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace lddynamo::datasource {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// "kind key json" of each item, or the error.
std::vector<std::string> Read(std::string_view text) {
    auto const file = ParseFlagFile(text);
    if (!file) {
        EXPECT_EQ(file.error().code, ErrorCode::kInvalidData);
        return {file.error().message};
    }
    std::vector<std::string> items;
    for (FlagFileItem const& item : file->items) {
        items.push_back(std::string(ToString(item.kind)) + " " + item.key + " " + item.item.json);
    }
    return items;
}

TEST(FlagFileTest, JsonKeepsItsItemsTexts) {
    EXPECT_THAT(
        Read("\xEF\xBB\xBF\n"
             R"({"segments": {"s": {"key": "s", "version": 3}},
                 "flags": {"f": {"key":"f","version":2,"variations":[1.50, 12345678901234567890]}}})"),
        ElementsAre(
            R"(features f {"key":"f","version":2,"variations":[1.50, 12345678901234567890]})",
            R"(segments s {"key": "s", "version": 3})"));
}

TEST(FlagFileTest, YamlIsTheSame) {
    EXPECT_THAT(
        Read("flags:\n  f:\n    version: 2\n    on: true\n    variations: [no, 010]\n"
             "segments:\n  s: {key: s, included: [bob]}\n"),
        ElementsAre(R"(features f {"key":"f","version":2,"on":true,"variations":["no",10]})",
                    R"(segments s {"key":"s","included":["bob"]})"));
}

TEST(FlagFileTest, ValuesBecomeFlagsAsInTheGoSdk) {
    EXPECT_THAT(Read(R"({"flagValues":{"a\"b":true,"n":1.0,"o":{"x":[null]}}})"),
                ElementsAre(R"(features a"b {"key":"a\"b","version":0,"on":false,"offVariation":0,)"
                            R"("variations":[true]})",
                            HasSubstr(R"("variations":[1.0]})"),
                            HasSubstr(R"("variations":[{"x":[null]}]})")));
    EXPECT_THAT(Read("flagValues:\n  a: yes\n"),
                ElementsAre(HasSubstr(R"("variations":["yes"]})")));
}

TEST(FlagFileTest, AnItemsKeyMayBeLeftOut) {
    EXPECT_THAT(Read(R"({"flags":{"a":{},"b":{ "on":true},"c":{"on":true,"key":"c"}}})"),
                ElementsAre(R"(features a {"key":"a"})", R"(features b {"key":"b", "on":true})",
                            R"(features c {"on":true,"key":"c"})"));
    EXPECT_THAT(Read(R"({"flags":{"a":{"key":"b"}}})"),
                ElementsAre(AllOf(HasSubstr("flags: 'a': "), HasSubstr("b"))));
}

TEST(FlagFileTest, FilesWithoutItems) {
    for (char const* text : {"", " \n", "# comment", "---", "{}", "null", R"({"flags":null})",
                             "flags:\nflagValues:\nsegments:\n"}) {
        EXPECT_THAT(Read(text), IsEmpty()) << text;
    }
}

TEST(FlagFileTest, SaysWhatIsWrong) {
    EXPECT_THAT(Read("{\n\"flags\": }"), ElementsAre(HasSubstr("line 2, column 10")));
    EXPECT_THAT(Read("flags:\n  f: [}\n"), ElementsAre(HasSubstr("line 2, column 7")));
    EXPECT_THAT(Read("[1]"), ElementsAre("not an object"));
    EXPECT_THAT(Read("text"), ElementsAre("not an object"));
    EXPECT_THAT(Read("flags: 3"), ElementsAre("'flags' must be an object"));
    EXPECT_THAT(Read(R"({"flags":{},"flags":{}})"), ElementsAre("'flags' stands here twice"));
    EXPECT_THAT(Read("flags: {f: 3}"), ElementsAre(HasSubstr("flags: 'f': ")));
    EXPECT_THAT(Read("flags: {f: {on: 3}}"), ElementsAre(HasSubstr("flags: 'f': ")));
    EXPECT_THAT(Read("segments: {s: {version: -1}}"), ElementsAre(HasSubstr("segments: 's': ")));
    EXPECT_THAT(Read("flagValues: {'': 1}"), ElementsAre(HasSubstr("an empty key")));
    EXPECT_THAT(Read("flagValues: {? " + std::string(1025, 'k') + " : 1}"),
                ElementsAre(HasSubstr("1025 bytes")));
}

class FlagFilesTest : public ::testing::Test {
  protected:
    using Duplicates = FileDataOptions::DuplicateKeys;
    Result<FlagFileData> ReadAll(std::map<std::string, std::string, std::less<>> const& files,
                                 Duplicates duplicates = Duplicates::kFail) {
        FileDataOptions options;
        for (auto const& [path, text] : files) options.paths.push_back(path);
        options.duplicate_keys = duplicates;
        return ReadFlagFiles(options, MapEnvironment({}, files));
    }
};

TEST_F(FlagFilesTest, ArePutTogether) {
    auto const read =
        ReadAll({{"a.json", R"({"flags":{"f":{"version":1}},"segments":{"x":{"version":2}}})"},
                 {"b.yaml", "flagValues: {x: 1}\nnot known: 3"},
                 {"c.yaml", ""}});
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read->data.features.size(), 2U);
    EXPECT_EQ(read->data.features.at("f").version, 1);
    EXPECT_EQ(read->data.segments.at("x").version, 2);
    EXPECT_THAT(read->warnings, ElementsAre("b.yaml: 'not known' is ignored"));
}

TEST_F(FlagFilesTest, AKeyThatIsThereTwiceNamesBothFiles) {
    std::map<std::string, std::string, std::less<>> const files = {
        {"a.json", R"({"flags":{"f":{"version":1}}})"}, {"b.yaml", "flagValues: {f: 1, g: 2}"}};
    auto const failed = ReadAll(files);
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().message, "flag 'f' is in both a.json and b.yaml");
    auto const first = ReadAll(files, Duplicates::kKeepFirst);
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(first->data.features.at("f").version, 1);
    EXPECT_EQ(first->data.features.count("g"), 1U);
}

TEST_F(FlagFilesTest, AKeyThatIsTwiceInOneFile) {
    EXPECT_EQ(ReadAll({{"a", "flags: {f: {version: 1}}\nflagValues: {f: 1}"}}).error().message,
              "flag 'f' is twice in a");
    EXPECT_EQ(ReadAll({{"a", R"({"segments":{"s":{},"s":{}}})"}}).error().message,
              "segment 's' is twice in a");
    auto const first =
        ReadAll({{"a", "flagValues: {f: 1}\nflags: {f: {version: 1}}"}}, Duplicates::kKeepFirst);
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(first->data.features.at("f").version, 1);
}

TEST_F(FlagFilesTest, OneWrongFileIsEnough) {
    auto const wrong = ReadAll({{"a", "flagValues: {f: 1}"}, {"b", "flags: ["}});
    ASSERT_FALSE(wrong.has_value());
    EXPECT_THAT(wrong.error().message, HasSubstr("b: line 2, column "));
    FileDataOptions options;
    options.paths = {"gone"};
    auto const gone = ReadFlagFiles(options, MapEnvironment());
    ASSERT_FALSE(gone.has_value());
    EXPECT_EQ(gone.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(gone.error().message, HasSubstr("gone"));
}

}  // namespace
}  // namespace lddynamo::datasource
