#include "dynamodb/memory/projection_parser.hpp"

#include <utility>

namespace lddynamo::dynamodb::memory {

tl::expected<Projection, std::string> ParseProjection(std::string_view text,
                                                      ExpressionContext& context) {
    if (std::string problem = CheckExpressionText(text); !problem.empty()) {
        return tl::unexpected<std::string>(std::move(problem));
    }
    TokenStream tokens(text);
    PathErrors errors;
    Projection projection;
    do {
        Path path;
        if (!ParsePath(tokens, context, errors, path)) {
            return tl::unexpected<std::string>(tokens.SyntaxError());
        }
        projection.use.Add(path);
        projection.paths.push_back(std::move(path));
    } while (tokens.TakeSymbol(","));
    if (tokens.Peek().kind != Token::Kind::kEnd) {
        return tl::unexpected<std::string>(tokens.SyntaxError());
    }
    for (std::string* error : {&errors.reserved, &errors.undefined, &errors.nesting}) {
        if (!error->empty()) return tl::unexpected<std::string>(std::move(*error));
    }
    if (std::string problem = CheckOverlap(projection.paths); !problem.empty()) {
        return tl::unexpected<std::string>(std::move(problem));
    }
    return projection;
}

}  // namespace lddynamo::dynamodb::memory
