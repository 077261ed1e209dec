#include "test_certificates.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace lddynamo::test_support {
namespace {

void Require(bool good) {
    if (!good) throw std::runtime_error("OpenSSL failed");
}

void AddExtension(X509* certificate, X509* issuer, int kind, std::string const& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    Require(extension != nullptr);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

// `issuer` nullptr: signs itself.
Identity Make(std::string const& name, Identity const* issuer, std::string const& alt_names,
              int days) {
    static std::atomic<long> serial{1};
    Identity identity;
    identity.key.reset(EVP_EC_gen("P-256"), EVP_PKEY_free);
    identity.certificate.reset(X509_new(), X509_free);
    X509* const certificate = identity.certificate.get();
    Identity const& signer = issuer != nullptr ? *issuer : identity;
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -86400L * 10);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400L * days);
    X509_set_pubkey(certificate, identity.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<unsigned char const*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate.get()));
    if (issuer == nullptr) {
        AddExtension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
        AddExtension(certificate, certificate, NID_key_usage, "critical,keyCertSign");
        AddExtension(certificate, certificate, NID_subject_key_identifier, "hash");
    } else {
        AddExtension(certificate, signer.certificate.get(), NID_subject_alt_name, alt_names);
        AddExtension(certificate, signer.certificate.get(), NID_authority_key_identifier, "keyid");
    }
    Require(X509_sign(certificate, signer.key.get(), EVP_sha256()) > 0);
    return identity;
}

}  // namespace

std::string Identity::Pem() const {
    BIO* const memory = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(memory, certificate.get());
    char* data = nullptr;
    long const size = BIO_get_mem_data(memory, &data);
    std::string pem(data, static_cast<std::size_t>(size));
    BIO_free(memory);
    return pem;
}

Identity MakeAuthority(std::string const& name) {
    return Make(name, nullptr, "", 100);
}

Identity MakeServerIdentity(Identity const& authority, std::string const& names, int days) {
    return Make("server", &authority, names, days);
}

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "lddynamo-XXXXXX").string();
    Require(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::Write(std::string const& name, std::string const& content) const {
    auto const path = path_ / name;
    std::ofstream(path) << content;
    return path.string();
}

void TemporaryFolder::WriteHashed(Identity const& identity) const {
    char name[16];
    std::snprintf(name, sizeof name, "%08lx.0",
                  X509_NAME_hash_ex(X509_get_subject_name(identity.certificate.get()), nullptr,
                                    nullptr, nullptr));
    Write(name, identity.Pem());
}

namespace {

// OpenSSL's own socket code lets a client that is gone raise SIGPIPE; only this thread may not
// mind, as the tests would not notice if the transport did the same.
void BlockSigpipe() {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

}  // namespace

TlsFront::TlsFront(Identity const& identity, std::uint16_t port)
    : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free),
      port_(port),
      raw_([this](RawPeer& peer, int) { Serve(peer); }) {
    SSL_CTX_use_certificate(context_.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), identity.key.get());
}

void TlsFront::Serve(RawPeer& peer) {
    BlockSigpipe();
    std::unique_ptr<SSL, void (*)(SSL*)> const ssl(SSL_new(context_.get()), SSL_free);
    SSL_set_fd(ssl.get(), peer.Fd());
    int const inner = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool open = SSL_accept(ssl.get()) == 1 &&
                ::connect(inner, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    char bytes[16384];
    while (open) {
        pollfd both[2] = {{peer.Fd(), POLLIN, 0}, {inner, POLLIN, 0}};
        if (SSL_pending(ssl.get()) == 0 && ::poll(both, 2, 20000) <= 0) break;
        if (both[0].revents != 0 || SSL_pending(ssl.get()) > 0) {
            int const count = SSL_read(ssl.get(), bytes, sizeof bytes);
            open = count > 0 &&
                   ::send(inner, bytes, static_cast<std::size_t>(count), MSG_NOSIGNAL) == count;
        } else {
            ssize_t const count = ::recv(inner, bytes, sizeof bytes, 0);
            open = count > 0 && SSL_write(ssl.get(), bytes, static_cast<int>(count)) == count;
        }
    }
    ::close(inner);
    ERR_clear_error();
}

TlsServer::TlsServer(Identity const& identity, int max_version)
    : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free),
      raw_([this](RawPeer& peer, int number) { Serve(peer, number); }) {
    SSL_CTX_use_certificate(context_.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), identity.key.get());
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), max_version);
    SSL_CTX_set_security_level(context_.get(), 0);  // so that old versions can be offered at all
    SSL_CTX_set_session_id_context(context_.get(), reinterpret_cast<unsigned char const*>("t"), 1);
}

void TlsServer::Serve(RawPeer& peer, int number) {
    BlockSigpipe();
    std::unique_ptr<SSL, void (*)(SSL*)> const ssl(SSL_new(context_.get()), SSL_free);
    SSL_set_fd(ssl.get(), peer.Fd());
    if (SSL_accept(ssl.get()) != 1) {
        ERR_clear_error();
        return;
    }
    std::string request;
    char bytes[4096];
    for (;;) {
        int const count = SSL_read(ssl.get(), bytes, sizeof bytes);
        if (count <= 0) break;
        request.append(bytes, static_cast<std::size_t>(count));
        if (!request.ends_with("\r\n\r\n")) continue;  // these tests send no bodies
        bool const ends = request.find(" /end ") != std::string::npos;
        bool const cut = request.find(" /cut ") != std::string::npos;
        std::string const body =
            std::to_string(number) + (SSL_session_reused(ssl.get()) != 0 ? " resumed" : " new");
        std::string const answer =
            "HTTP/1.1 200 OK\r\n" +
            (ends || cut ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") +
            "\r\n" + body;
        SSL_write(ssl.get(), answer.data(), static_cast<int>(answer.size()));
        bool const bye = request.find(" /bye ") != std::string::npos;
        request.clear();
        if (ends || bye) SSL_shutdown(ssl.get());
        if (ends || cut || bye) break;
    }
    ERR_clear_error();
}

}  // namespace lddynamo::test_support
