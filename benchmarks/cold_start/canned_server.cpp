// A DynamoDB that has one table with one flag, and answers as fast as it can.
//
//   canned_server [--tls DIRECTORY]
//
// Listens on a free port of 127.0.0.1 and prints it. With --tls it makes up an authority and a
// certificate for 127.0.0.1 and localhost, writes the authority to DIRECTORY/ca.pem, and speaks
// TLS 1.3.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

// Each serves one connection at a time, without handing it over to anyone.
constexpr int kThreads = 16;

constexpr std::string_view kFlagRow =
    R"({"namespace":{"S":"features"},"key":{"S":"benchmark-flag"},"version":{"N":"7"},"item":{"S":)"
    R"("{\"key\":\"benchmark-flag\",\"version\":7,\"on\":true,\"variations\":[true,false],)"
    R"(\"fallthrough\":{\"variation\":0},\"offVariation\":1,\"targets\":[],\"rules\":[],)"
    R"(\"prerequisites\":[],\"salt\":\"c2FsdA\",\"clientSide\":false,\"trackEvents\":false,)"
    R"(\"debugEventsUntilDate\":null,\"deleted\":false}"}})";
constexpr std::string_view kMarkerRow = R"({"namespace":{"S":"$inited"},"key":{"S":"$inited"}})";

bool Contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

std::string AnswerBody(std::string_view request) {
    bool const flag = Contains(request, "\"benchmark-flag\"");
    bool const marker = Contains(request, "\"$inited\"");
    std::string rows;
    if (flag) rows += kFlagRow;
    if (marker) rows.append(flag ? "," : "").append(kMarkerRow);
    if (Contains(request, "DynamoDB_20120810.BatchGetItem")) {
        return R"({"Responses":{"flags":[)" + rows + R"(]},"UnprocessedKeys":{}})";
    }
    if (Contains(request, "DynamoDB_20120810.Query")) {
        if (Contains(request, "\"features\"")) rows = kFlagRow;
        char const* const count = rows.empty() ? "0" : "1";
        return R"({"Items":[)" + rows + R"(],"Count":)" + count + R"(,"ScannedCount":)" + count +
               "}";
    }
    return rows.empty() ? "{}" : R"({"Item":)" + rows + "}";
}

std::string Answer(std::string_view request) {
    std::string const body = AnswerBody(request);
    auto const crc =
        ::crc32(0, reinterpret_cast<Bytef const*>(body.data()), static_cast<uInt>(body.size()));
    return "HTTP/1.1 200 OK\r\nServer: canned\r\nContent-Type: application/x-amz-json-1.0\r\n"
           "Content-Length: " +
           std::to_string(body.size()) +
           "\r\nConnection: keep-alive\r\n"
           "x-amzn-RequestId: CANNED00000000000000000000000000000000000000000000000\r\n"
           "x-amz-crc32: " +
           std::to_string(crc) + "\r\n\r\n" + body;
}

// The size of the first request in `buffer`, or 0 while it is not whole.
std::size_t RequestSize(std::string const& buffer) {
    auto const end = buffer.find("\r\n\r\n");
    if (end == std::string::npos) return 0;
    std::size_t size = end + 4;
    for (std::size_t line = 0; line < end; line = buffer.find("\r\n", line) + 2) {
        constexpr char kName[] = "content-length:";
        if (::strncasecmp(buffer.c_str() + line, kName, sizeof kName - 1) == 0) {
            size += std::strtoul(buffer.c_str() + line + sizeof kName - 1, nullptr, 10);
        }
    }
    return buffer.size() >= size ? size : 0;
}

template <class Read, class Write>
void Serve(Read read, Write write) {
    std::string buffer;
    char bytes[16384];
    for (;;) {
        auto const count = read(bytes, sizeof bytes);
        if (count <= 0) return;
        buffer.append(bytes, static_cast<std::size_t>(count));
        while (auto const size = RequestSize(buffer)) {
            auto const answer = Answer(std::string_view(buffer).substr(0, size));
            buffer.erase(0, size);
            if (write(answer) <= 0) return;
        }
    }
}

void ServeTls(int fd, SSL_CTX* context) {
    SSL* const ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1) {
        Serve([ssl](char* to, int size) { return SSL_read(ssl, to, size); },
              [ssl](std::string const& text) {
                  return SSL_write(ssl, text.data(), static_cast<int>(text.size()));
              });
    }
    SSL_free(ssl);
    ERR_clear_error();
}

void ServeAll(int listener, SSL_CTX* context) {
    for (;;) {
        int const fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) continue;
        int const on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (context != nullptr) {
            ServeTls(fd, context);
        } else {
            Serve([fd](char* to,
                       int size) { return ::recv(fd, to, static_cast<std::size_t>(size), 0); },
                  [fd](std::string const& text) {
                      return ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
                  });
        }
        ::close(fd);
    }
}

void AddExtension(X509* certificate, X509* issuer, int kind, char const* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

X509* MakeCertificate(char const* name, long serial, EVP_PKEY* key, X509* issuer,
                      EVP_PKEY* issuer_key) {
    X509* const certificate = X509_new();
    bool const is_authority = issuer == nullptr;
    if (is_authority) issuer = certificate;
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -86400);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400L * 30);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<unsigned char const*>(name), -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    if (is_authority) {
        AddExtension(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE");
        AddExtension(certificate, issuer, NID_subject_key_identifier, "hash");
    } else {
        AddExtension(certificate, issuer, NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost");
        AddExtension(certificate, issuer, NID_authority_key_identifier, "keyid");
    }
    X509_sign(certificate, issuer_key, EVP_sha256());
    return certificate;
}

// They live as long as the program.
SSL_CTX* MakeTls(std::string const& directory) {
    EVP_PKEY* const authority_key = EVP_EC_gen("P-256");
    X509* const authority =
        MakeCertificate("lddynamo benchmark", 1, authority_key, nullptr, authority_key);
    EVP_PKEY* const key = EVP_EC_gen("P-256");
    X509* const certificate = MakeCertificate("127.0.0.1", 2, key, authority, authority_key);
    std::FILE* const file = std::fopen((directory + "/ca.pem").c_str(), "w");
    if (file == nullptr || PEM_write_X509(file, authority) != 1 || std::fclose(file) != 0)
        return nullptr;
    SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    if (SSL_CTX_use_certificate(context, certificate) != 1 ||
        SSL_CTX_use_PrivateKey(context, key) != 1) {
        return nullptr;
    }
    return context;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    SSL_CTX* context = nullptr;
    if (argc == 3 && std::string_view(argv[1]) == "--tls") {
        context = MakeTls(argv[2]);
        if (context == nullptr) {
            std::fprintf(stderr, "cannot set up TLS in %s\n", argv[2]);
            return 1;
        }
    } else if (argc != 1) {
        std::fprintf(stderr, "usage: %s [--tls DIRECTORY]\n", argv[0]);
        return 2;
    }
    int const listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener, generic, length) != 0 || ::listen(listener, 256) != 0 ||
        ::getsockname(listener, generic, &length) != 0) {
        std::perror("canned_server");
        return 1;
    }
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    std::vector<std::thread> threads;
    for (int i = 1; i < kThreads; ++i) threads.emplace_back(ServeAll, listener, context);
    ServeAll(listener, context);
}
