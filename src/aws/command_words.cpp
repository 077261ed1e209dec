#include "aws/command_words.hpp"

#include <cstddef>

namespace lddynamo::aws {
namespace {

tl::unexpected<Error> Bad(std::string_view what) {
    return Fail(ErrorCode::kInvalidArgument, "the command " + std::string(what));
}

}  // namespace

Result<std::vector<std::string>> SplitCommand(std::string_view text) {
    std::vector<std::string> words;
    bool in_word = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        if (c == '\0') return Bad("has a NUL character");
        bool const is_space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (quote == 0 && is_space) {
            in_word = false;
            continue;
        }
        if (!in_word) words.emplace_back();
        in_word = true;
        if (quote != 0 && c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == '\\' && quote != '\'') {
            if (i + 1 == text.size()) return Bad("ends with a backslash");
            char const next = text[i + 1];
            bool const is_escape = quote == 0 || next == '"' || next == '\\';
            words.back() += is_escape ? next : c;
            if (is_escape) ++i;
        } else {
            words.back() += c;
        }
    }
    if (quote != 0) return Bad("has a quote that is not closed");
    if (words.empty() || words.front().empty()) return Bad("is empty");
    return words;
}

}  // namespace lddynamo::aws
