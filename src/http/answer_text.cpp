#include "http/answer_text.hpp"

#include "http/http_message.hpp"

#include <algorithm>
#include <string_view>

namespace lddynamo::http {
namespace {

std::string_view Reason(int status) noexcept {
    switch (status) {
        case 100:
            return "Continue";
        case 200:
            return "OK";
        case 204:
            return "No Content";
        case 400:
            return "Bad Request";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 413:
            return "Content Too Large";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 503:
            return "Service Unavailable";
        default:
            return "";
    }
}

}  // namespace

HttpResponse PlainAnswer(int status) {
    HttpResponse response;
    response.status = status;
    response.headers = {{"Content-Type", "text/plain"}};
    response.body = std::string(Reason(status)) + "\n";
    return response;
}

std::string HttpDate(std::time_t time) {
    constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
    constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    std::tm utc{};
    ::gmtime_r(&time, &utc);
    auto const two = [](int number) {
        return std::string{static_cast<char>('0' + number / 10),
                           static_cast<char>('0' + number % 10)};
    };
    std::string text(kDays.substr(static_cast<std::size_t>(utc.tm_wday) * 3, 3));
    text.append(", ").append(two(utc.tm_mday)).append(" ");
    text.append(kMonths.substr(static_cast<std::size_t>(utc.tm_mon) * 3, 3)).append(" ");
    text.append(std::to_string(utc.tm_year + 1900)).append(" ").append(two(utc.tm_hour));
    text.append(":").append(two(utc.tm_min)).append(":").append(two(utc.tm_sec));
    return text.append(" GMT");
}

bool CanBeSent(HttpResponse const& response) noexcept {
    return response.status >= 200 && response.status <= 999 &&
           std::all_of(response.headers.begin(), response.headers.end(), [](auto const& header) {
               return IsValidHeader(header.first, header.second);
           });
}

std::string AnswerHead(HttpResponse const& response, bool keep_alive) {
    std::string text = "HTTP/1.1 ";
    text.reserve(256 + response.body.size());  // the body mostly follows
    text.append(std::to_string(response.status)).append(" ").append(Reason(response.status));
    text.append("\r\n");
    for (auto const& [name, value] : response.headers) {
        // What frames the message is the server's.
        if (EqualsNoCase(name, "Content-Length") || EqualsNoCase(name, "Connection") ||
            EqualsNoCase(name, "Transfer-Encoding")) {
            continue;
        }
        text.append(name).append(": ").append(value).append("\r\n");
    }
    if (response.Header("Date") == nullptr) {
        text.append("Date: ").append(HttpDate(std::time(nullptr))).append("\r\n");
    }
    if (HasBody(response.status)) {
        text.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
    }
    return text.append("Connection: ")
        .append(keep_alive ? "keep-alive" : "close")
        .append("\r\n\r\n");
}

}  // namespace lddynamo::http
