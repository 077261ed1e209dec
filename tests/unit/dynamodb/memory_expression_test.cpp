#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memory_support.hpp"

namespace lddynamo::test_support {
namespace {

constexpr char kItem[] =
    R"({"namespace":{"S":"p"},"key":{"S":"s"},"str":{"S":"hello"},"num":{"N":"10"},"neg":{"N":"-1.5"},)"
    R"("big":{"N":"99999999999999999999999999999999999998"},"bin":{"B":"AQI="},"yes":{"BOOL":true},)"
    R"("nil":{"NULL":true},"ss":{"SS":["a","b"]},"ns":{"NS":["1","2"]},"emoji":{"S":"\ud83d\ude00x"},)"
    R"("l":{"L":[{"S":"x"},{"N":"2"},{"M":{"deep":{"S":"d"}}}]},"m":{"M":{"a":{"L":[{"N":"7"}]}}}})";

constexpr char kValues[] =
    R"({":hello":{"S":"hello"},":he":{"S":"he"},":ten":{"N":"1e1"},":nine":{"N":"9"},":seven":{"N":"7"},)"
    R"(":two":{"N":"2.0"},":b":{"B":"AQ=="},":t":{"BOOL":true},":s":{"S":"S"},":map":{"M":{"deep":{"S":"d"}}},)"
    R"(":set":{"SS":["b","a"]},":one":{"N":"1"},":a":{"S":"a"},":null":{"NULL":true},)"
    R"(":big":{"N":"99999999999999999999999999999999999999"},":neg":{"N":"-1.25"},":l":{"S":"L"}})";

/// Only the values that the expression uses, as the service demands.
std::string ValuesFor(std::string const& expression) {
    auto const all = Value::Parse(kValues);
    std::string text;
    for (Value::Member const& member : all->AsObject()) {
        for (std::size_t at = expression.find(member.name); at != std::string::npos;
             at = expression.find(member.name, at + 1)) {
            std::size_t const end = at + member.name.size();
            if (end < expression.size() &&
                std::isalnum(static_cast<unsigned char>(expression[end]))) {
                continue;
            }
            text += (text.empty() ? "\"" : ",\"") + member.name + "\":" + member.value.ToJson();
            break;
        }
    }
    return text.empty() ? "" : ",\"ExpressionAttributeValues\":{" + text + "}";
}

std::string Scan(MemoryDynamoDb& db, std::string const& expression, int status) {
    return Wire(db, "Scan",
                R"({"TableName":"flags","FilterExpression":")" + expression + "\"" +
                    ValuesFor(expression) + "}",
                status);
}

TEST(MemoryExpressionTest, EvaluatesConditions) {
    MemoryDynamoDb db;
    MakeTable(db);
    Wire(db, "PutItem", std::string(R"({"TableName":"flags","Item":)") + kItem + "}");
    struct Case {
        char const* expression;
        bool matches;
    };
    Case const cases[] = {
        {"str = :hello", true},
        {":hello = str", true},
        {"str <> :hello", false},
        {"nothing <> :hello", true},
        {"nothing = :hello", false},
        {"nothing = nobody", false},
        {"num = :ten", true},
        {"num > :nine", true},
        {"num >= :ten AND num <= :ten", true},
        {"num < :nine", false},
        {"neg < :neg", true},
        {"big < :big", true},
        {"big = :big", false},
        {"str > :ten", false},
        {"nothing < :ten", false},
        {"num BETWEEN :nine AND :ten", true},
        {"str between :he and :hello", true},
        {"nothing BETWEEN :nine AND :ten", false},
        {"num IN (:nine, :ten)", true},
        {"num in (:nine)", false},
        {"attribute_exists(l[2].deep)", true},
        {"attribute_exists(l[3])", false},
        {"attribute_exists(l[99999999999999999999])", false},
        {"attribute_not_exists(m.b)", true},
        {"attribute_exists(str.x)", false},
        {"m.a[0] = :seven", true},
        {"attribute_type(str, :s)", true},
        {"attribute_type(l, :l)", true},
        {"attribute_type(num, :s)", false},
        {"begins_with(str, :he)", true},
        {"begins_with(bin, :b)", true},
        {"begins_with(num, :he)", false},
        {"contains(str, :he)", true},
        {"contains(ss, :a)", true},
        {"contains(ns, :two)", true},
        {"contains(l, :two)", true},
        {"contains(l, :map)", true},
        {"contains(bin, :b)", true},
        {"contains(num, :two)", false},
        {"ss = :set", true},
        {"yes = :t", true},
        {"nil = :null", true},
        {"size(str) > :two", true},
        {"size(emoji) = :one", false},
        {"size(bin) = :two", true},
        {"size(ss) = :two", true},
        {"size(m) = :one", true},
        {"size(num) = :two", false},
        {"NOT str = :hello", false},
        {"not (str = :hello and num = :nine)", true},
        {"NOT NOT str = :hello", true},
        {"str = :he OR str = :hello AND num = :nine", false},
        {"(str = :he OR str = :hello) AND num = :ten", true},
        {"(str) = (:hello)", true},
        {"str=:hello", true},
        {"\\t str\\n=\\r:hello ", true},
    };
    for (Case const& c : cases) {
        auto const answer = Value::Parse(Scan(db, c.expression, 200));
        ASSERT_TRUE(answer) << c.expression;
        EXPECT_EQ((*answer)["Count"].AsInt64(), c.matches ? 1 : 0) << c.expression;
        EXPECT_EQ((*answer)["ScannedCount"].AsInt64(), 1) << c.expression;
    }
}

TEST(MemoryExpressionTest, RefusesInTheServicesWords) {
    MemoryDynamoDb db;
    MakeTable(db);
    std::string const many_operators = [] {
        std::string text = "a = :a";
        for (int i = 0; i < 301; ++i) text += " OR a=a2";
        return text;
    }();
    std::string const many_in = [] {
        std::string text = "a IN (:a";
        for (int i = 0; i < 100; ++i) text += ",:a";
        return text + ")";
    }();
    std::pair<std::string, std::string> const cases[] = {
        {"", "The expression can not be empty;"},
        {"a =", "Syntax error; token: \"<EOF>\", near: \"=\""},
        {"a b c", "Syntax error; token: \"b\", near: \"a b c\""},
        {"a", "Syntax error; token: \"<EOF>\", near: \"a\""},
        {"!!", "Syntax error; token: \"!\", near: \"!!\""},
        {"(a = :a", "Syntax error; token: \"<EOF>\", near: \":a\""},
        {"a = :a)", "Syntax error; token: \")\", near: \":a)\""},
        {"a[-1] = :a", "Syntax error; token: \"-\", near: \"[-1\""},
        {"key = :a", "Attribute name is a reserved keyword; reserved keyword: key"},
        {"a.Status = :a", "Attribute name is a reserved keyword; reserved keyword: Status"},
        {"((a = :a))", "The expression has redundant parentheses;"},
        {"((a)) = :a", "The expression has redundant parentheses;"},
        {"foo(a)", "Invalid function name; function: foo"},
        {"SIZE(a) > :one", "Invalid function name; function: SIZE"},
        {"size(a)",
         "The function is not allowed to be used this way in an expression; function: size"},
        {"a = attribute_exists(b)",
         "The function is not allowed to be used this way in an expression; function: "
         "attribute_exists"},
        {"a = :nope",
         "An expression attribute value used in expression is not defined; attribute value: :nope"},
        {"#nope = :a",
         "An expression attribute name used in the document path is not defined; attribute name: "
         "#nope"},
        {"attribute_exists(a, b)",
         "Incorrect number of operands for operator or function; operator or function: "
         "attribute_exists, number of operands: 2"},
        {"attribute_exists(:a)",
         "Operator or function requires a document path; operator or function: attribute_exists"},
        {"begins_with(a, :ten)",
         "Incorrect operand type for operator or function; operator or function: begins_with, "
         "operand "
         "type: N"},
        {"attribute_type(a, :a)",
         "Invalid attribute type name found; type: a, valid types: "
         "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"},
        {"a < :t",
         "Incorrect operand type for operator or function; operator or function: <, operand type: "
         "BOOL"},
        {"a = a",
         "The first operand must be distinct from the remaining operands for this operator or "
         "function; "
         "operator: =, first operand: [a]"},
        {"a BETWEEN :ten AND :nine",
         "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
         "lower "
         "bound operand: AttributeValue: {N:10}, upper bound operand: AttributeValue: {N:9}"},
        {std::string(4097, 'a'),
         "Expression size has exceeded the maximum allowed size; expression size: 4097"},
        {many_operators, "The expression contains too many operators; operator count: 603"},
        {many_in,
         "Incorrect number of operands for operator or function; operator or function: IN, number "
         "of "
         "operands: 101"},
        {std::string(2000, '(') + "a = :a" + std::string(2000, ')'),
         "The expression has redundant parentheses;"},
    };
    for (auto const& [expression, message] : cases) {
        EXPECT_EQ(Message(Scan(db, expression, 400)), "Invalid FilterExpression: " + message)
            << expression.substr(0, 100);
    }
}

TEST(MemoryExpressionTest, DeepAndHugeExpressionsEnd) {
    MemoryDynamoDb db;
    MakeTable(db);
    std::string nots;
    for (int i = 0; i < 1000; ++i) nots += "NOT ";
    std::string functions;
    for (int i = 0; i < 600; ++i) functions += "size(";
    for (std::string const& expression :
         {nots + "a", functions, std::string(4096, '('), "a" + std::string(4000, '.'),
          "a" + std::string(4000, '['), std::string(4096, 'N')}) {
        EXPECT_THAT(Message(Scan(db, expression, 400)),
                    ::testing::StartsWith("Invalid FilterExpression: "));
    }
    std::string path = "a";
    for (int i = 0; i < 32; ++i) path += ".b";
    EXPECT_EQ(Message(Scan(db, "attribute_exists(" + path + ")", 400)),
              "Invalid FilterExpression: The document path has too many nesting elements; nesting "
              "levels: 33");
}

TEST(MemoryExpressionTest, PlaceholdersMustBeUsedAndWellFormed) {
    MemoryDynamoDb db;
    MakeTable(db);
    std::pair<char const*, char const*> const cases[] = {
        {R"("FilterExpression":"a = :a","ExpressionAttributeValues":{":a":{"S":"x"},":b":{"S":"x"}})",
         "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}"},
        {R"("FilterExpression":"a = b","ExpressionAttributeNames":{"#a":"x"})",
         "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"},
        {R"("FilterExpression":"a = b","ExpressionAttributeNames":{})",
         "ExpressionAttributeNames must not be empty"},
        {R"("FilterExpression":"a = b","ExpressionAttributeNames":{"a":"x"})",
         "ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\""},
        {R"("ExpressionAttributeNames":{"#a":"x"})",
         "ExpressionAttributeNames can only be specified when using expressions"},
        {R"("ProjectionExpression":"a","ExpressionAttributeValues":{":a":{"S":"x"}})",
         "ExpressionAttributeValues can only be specified when using expressions: FilterExpression "
         "is "
         "null"},
        {R"("FilterExpression":"a = :a","ExpressionAttributeValues":{":a":{"N":"x"}})",
         "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a "
         "numeric value: x for key :a"},
        {R"("ProjectionExpression":"a, b.c, a")",
         "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or "
         "rewrite one of these paths; path one: [a], path two: [a]"},
        {R"("ProjectionExpression":"a.b, a[0]")",
         "Invalid ProjectionExpression: Two document paths conflict with each other; must remove "
         "or "
         "rewrite one of these paths; path one: [a, b], path two: [a, [0]]"},
    };
    for (auto const& [members, message] : cases) {
        EXPECT_EQ(
            Message(Wire(db, "Scan", std::string(R"({"TableName":"flags",)") + members + "}", 400)),
            message);
    }
}

TEST(MemoryExpressionTest, ProjectionKeepsPlacesAndClosesUpLists) {
    MemoryDynamoDb db;
    MakeTable(db);
    Wire(db, "PutItem", std::string(R"({"TableName":"flags","Item":)") + kItem + "}");
    std::string const key = R"("TableName":"flags","Key":{"namespace":{"S":"p"},"key":{"S":"s"}})";
    EXPECT_EQ(
        Wire(db, "GetItem", "{" + key + R"(,"ProjectionExpression":"str, l[2].deep, l[0], m.zz"})"),
        R"({"Item":{"l":{"L":[{"S":"x"},{"M":{"deep":{"S":"d"}}}]},"str":{"S":"hello"}}})");
    EXPECT_EQ(Wire(db, "GetItem", "{" + key + R"(,"ProjectionExpression":"zz"})"),
              R"({"Item":{}})");
    EXPECT_EQ(Message(Wire(
                  db, "GetItem",
                  "{" + key +
                      R"(,"ProjectionExpression":"#k.x","ExpressionAttributeNames":{"#k":"key"}})",
                  400)),
              "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
              "allowed: Key: key");
}

TEST(MemoryExpressionTest, UpdatesItems) {
    struct Case {
        char const* expression;
        char const* values;
        char const* result;  // the attribute "a" afterwards, or the refusal
    };
    Case const cases[] = {
        {"SET a = :v", R"({":v":{"S":"x"}})", R"({"S":"x"})"},
        {"SET a = n + :v", R"({":v":{"N":"0.1"}})", R"({"N":"5.1"})"},
        {"SET a = n - :v", R"({":v":{"N":"5"}})", R"({"N":"0"})"},
        {"SET a = if_not_exists(zz, :v)", R"({":v":{"N":"1"}})", R"({"N":"1"})"},
        {"SET a = list_append(l, :v)", R"({":v":{"L":[{"N":"3"}]}})",
         R"({"L":[{"N":"1"},{"N":"2"},{"N":"3"}]})"},
        {"ADD a :v", R"({":v":{"N":"7"}})", R"({"N":"7"})"},
        {"ADD a :v", R"({":v":{"SS":["q"]}})", R"({"SS":["q"]})"},
        {"SET a = l REMOVE l", "", R"({"L":[{"N":"1"},{"N":"2"}]})"},
        {"SET a = zz", "",
         "The provided expression refers to an attribute that does not exist in the item"},
        {"SET zz.a = :v", R"({":v":{"N":"7"}})",
         "The document path provided in the update expression is invalid for update"},
        {"SET #k = :v", R"({":v":{"S":"7"}})",
         "One or more parameter values were invalid: Cannot update attribute key. This attribute "
         "is "
         "part of the key"},
        {"SET a = l + :v", R"({":v":{"N":"7"}})",
         "An operand in the update expression has an incorrect data type"},
        {"SET a = :v SET b = :v", R"({":v":{"N":"7"}})",
         "Invalid UpdateExpression: The \"SET\" section can only be used once in an update "
         "expression;"},
        {"SET a = :v,", R"({":v":{"N":"7"}})",
         "Invalid UpdateExpression: Syntax error; token: \"<EOF>\", near: \",\""},
        {"INVALID SYNTAX", "",
         "Invalid UpdateExpression: Syntax error; token: \"INVALID\", near: \"INVALID SYNTAX\""},
    };
    for (Case const& c : cases) {
        MemoryDynamoDb db;
        MakeTable(db);
        std::string const key =
            R"("TableName":"flags","Key":{"namespace":{"S":"p"},"key":{"S":"s"}})";
        Wire(db, "PutItem",
             R"({"TableName":"flags","Item":{"namespace":{"S":"p"},"key":{"S":"s"},"n":{"N":"5"},)"
             R"("l":{"L":[{"N":"1"},{"N":"2"}]}}})");
        std::string body =
            "{" + key + R"(,"UpdateExpression":")" + c.expression + R"(","ReturnValues":"ALL_NEW")";
        if (*c.values) body += std::string(",\"ExpressionAttributeValues\":") + c.values;
        if (std::string_view(c.expression).find("#k") != std::string_view::npos) {
            body += R"(,"ExpressionAttributeNames":{"#k":"key"})";
        }
        bool const refused = *c.result != '{';
        std::string const answer = Wire(db, "UpdateItem", body + "}", refused ? 400 : 200);
        if (refused) {
            EXPECT_EQ(Message(answer), c.result) << c.expression;
        } else {
            EXPECT_EQ((*Value::Parse(answer))["Attributes"]["a"].ToJson(), c.result)
                << c.expression;
        }
    }
}

}  // namespace
}  // namespace lddynamo::test_support
