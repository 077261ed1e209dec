#include "json/raw_json.hpp"

#include <lddynamo/value.hpp>

#include <charconv>
#include <cmath>
#include <string>

namespace lddynamo {
namespace {

/// ECMAScript's Number::toString for base 10, steps 6 to 11.
/// @param digits    the shortest decimal digits that give the number back.
/// @param exponent  such that the number is 0.digits * 10^exponent.
void AppendDecimal(std::string& out, std::string_view digits, int exponent) {
    auto const count = static_cast<int>(digits.size());
    if (count <= exponent && exponent <= 21) {
        out.append(digits);
        out.append(static_cast<std::size_t>(exponent - count), '0');
    } else if (0 < exponent && exponent <= 21) {
        out.append(digits.substr(0, static_cast<std::size_t>(exponent)));
        out += '.';
        out.append(digits.substr(static_cast<std::size_t>(exponent)));
    } else if (-6 < exponent && exponent <= 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-exponent), '0');
        out.append(digits);
    } else {
        out += digits[0];
        if (count > 1) {
            out += '.';
            out.append(digits.substr(1));
        }
        out += exponent > 0 ? "e+" : "e-";
        out += std::to_string(std::abs(exponent - 1));
    }
}

void AppendNumber(std::string& out, double number) {
    char buffer[32];
    if (std::fabs(number) < 9007199254740992.0 && std::trunc(number) == number) {
        auto const end =
            std::to_chars(buffer, buffer + sizeof buffer, static_cast<std::int64_t>(number)).ptr;
        out.append(buffer, end);
        return;
    }
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    if (number < 0) out += '-';
    // "d.ddde+XX": the digits are the shortest ones; only their layout differs from ECMAScript's.
    auto const end = std::to_chars(buffer, buffer + sizeof buffer, std::fabs(number),
                                   std::chars_format::scientific)
                         .ptr;
    char* mark = buffer + 1;
    if (*mark == '.') {  // closes the gap, so that the digits stand together
        for (++mark; *mark != 'e'; ++mark) mark[-1] = *mark;
        --mark;
    }
    std::string_view const digits(buffer, static_cast<std::size_t>(mark - buffer));
    char const* sign = mark;
    while (*sign != '+' && *sign != '-') ++sign;
    int exponent = 0;
    std::from_chars(sign + 1, end, exponent);
    AppendDecimal(out, digits, (*sign == '-' ? -exponent : exponent) + 1);
}

}  // namespace

void Value::AppendJson(std::string& out) const {
    switch (type_) {
        case Type::kNull:
            out += "null";
            break;
        case Type::kBool:
            out += data_.boolean ? "true" : "false";
            break;
        case Type::kNumber:
            AppendNumber(out, data_.number);
            break;
        case Type::kString:
            json::AppendQuoted(out, AsString());
            break;
        case Type::kArray: {
            char separator = '[';
            for (Value const& item : AsArray()) {
                out += separator;
                item.AppendJson(out);
                separator = ',';
            }
            if (separator == '[') out += separator;
            out += ']';
            break;
        }
        case Type::kObject: {
            char separator = '{';
            for (Member const& member : AsObject()) {
                out += separator;
                json::AppendQuoted(out, member.name);
                out += ':';
                member.value.AppendJson(out);
                separator = ',';
            }
            if (separator == '{') out += separator;
            out += '}';
            break;
        }
    }
}

std::string Value::ToJson() const {
    std::string out;
    AppendJson(out);
    return out;
}

}  // namespace lddynamo
