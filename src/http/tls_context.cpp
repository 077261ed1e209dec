#include "http/tls_context.hpp"

#include <arpa/inet.h>
#include <dirent.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace lddynamo::http {
namespace {

constexpr char kSystemDirectory[] = "/etc/ssl/certs";
constexpr char kSystemBundle[] = "/etc/ssl/certs/ca-certificates.crt";
constexpr char kOtherSystemBundle[] = "/etc/pki/tls/certs/ca-bundle.crt";  // Fedora, Amazon Linux

// A name such as "002c0b4f.0".
bool IsHashLink(std::string_view name) noexcept {
    constexpr std::string_view kHex = "0123456789abcdef";
    return name.size() > 9 && name[8] == '.' &&
           name.substr(0, 8).find_first_not_of(kHex) == std::string_view::npos &&
           name.substr(9).find_first_not_of("0123456789") == std::string_view::npos;
}

bool HasHashLinks(char const* directory) {
    std::unique_ptr<DIR, void (*)(DIR*)> const entries(::opendir(directory), [](DIR* open) {
        if (open != nullptr) ::closedir(open);
    });
    if (!entries) return false;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): each stream is used by one thread
    while (dirent const* const entry = ::readdir(entries.get())) {
        if (IsHashLink(entry->d_name)) return true;
    }
    return false;
}

// --- a BIO over a socket. OpenSSL's own would let a broken connection raise SIGPIPE.

int SocketOf(BIO* bio) noexcept {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int BioWrite(BIO* bio, char const* data, int length) {
    BIO_clear_retry_flags(bio);
    ssize_t sent = -1;
    do {
        sent = ::send(SocketOf(bio), data, static_cast<std::size_t>(length), MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) BIO_set_retry_write(bio);
    return static_cast<int>(sent);
}

int BioRead(BIO* bio, char* data, int length) {
    BIO_clear_retry_flags(bio);
    ssize_t received = -1;
    do {
        received = ::recv(SocketOf(bio), data, static_cast<std::size_t>(length), 0);
    } while (received < 0 && errno == EINTR);
    if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) BIO_set_retry_read(bio);
    if (received == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return static_cast<int>(received);
}

long BioControl(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

OpenSslPtr<BIO_METHOD> MakeSocketBioMethod() {
    OpenSslPtr<BIO_METHOD> method(
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket"));
    if (!method || BIO_meth_set_write(method.get(), BioWrite) != 1 ||
        BIO_meth_set_read(method.get(), BioRead) != 1 ||
        BIO_meth_set_ctrl(method.get(), BioControl) != 1) {
        return nullptr;
    }
    return method;
}

// The address of a host that is one; empty otherwise.
std::string IpBytes(std::string const& host) {
    char bytes[sizeof(in6_addr)];
    if (::inet_pton(AF_INET, host.c_str(), bytes) == 1) return {bytes, sizeof(in_addr)};
    if (::inet_pton(AF_INET6, host.c_str(), bytes) == 1) return {bytes, sizeof(in6_addr)};
    return {};
}

// Whom the certificate must be for.
bool ExpectPeer(SSL* ssl, std::string host) {
    X509_VERIFY_PARAM* const parameters = SSL_get0_param(ssl);
    if (std::string const ip = IpBytes(host); !ip.empty()) {
        return X509_VERIFY_PARAM_set1_ip(
                   parameters, reinterpret_cast<unsigned char const*>(ip.data()), ip.size()) == 1;
    }
    if (host.ends_with('.')) host.pop_back();  // absolute names; certificates never have the dot
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set_tlsext_host_name(ssl, host.c_str()) == 1 &&
           X509_VERIFY_PARAM_set1_host(parameters, host.data(), host.size()) == 1;
}

}  // namespace

std::string TakeOpenSslError() {
    unsigned long const code = ERR_peek_last_error();
    char const* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    std::string text = reason != nullptr ? reason : "unknown error";
    ERR_clear_error();
    return text;
}

TlsContext::Trust TlsContext::FindTrust(std::string const& ca_file,
                                        Environment const& environment) {
    Trust trust;
    if (!ca_file.empty()) {
        trust.files.push_back(ca_file);
        trust.setting = "ca_file, AWS_CA_BUNDLE or ca_bundle";
        return trust;
    }
    auto const directory = environment.GetNonEmpty("SSL_CERT_DIR");
    auto const file = environment.GetNonEmpty("SSL_CERT_FILE");
    if (directory) trust.directories.push_back(*directory);
    if (file) {
        trust.files.push_back(*file);
        trust.setting = "SSL_CERT_FILE";
    }
    // The system's bundle and its directory hold the same roots, and the directory is much cheaper.
    bool const system = !directory && (!file || *file == kSystemBundle);
    if (system && HasHashLinks(kSystemDirectory)) {
        trust.directories.emplace_back(kSystemDirectory);
    } else if (!directory && !file) {
        trust.files = {kSystemBundle, kOtherSystemBundle};
    }
    return trust;
}

TlsContext::TlsContext(Trust trust, Logger logger)
    : trust_(std::move(trust)), logger_(std::move(logger)) {
}

TlsContext::~TlsContext() = default;

Result<std::unique_ptr<TlsContext>> TlsContext::Create(Trust trust, Logger logger) {
    std::unique_ptr<TlsContext> made(new TlsContext(std::move(trust), std::move(logger)));
    if (auto status = made->SetUp(); !status) return Fail(std::move(status.error()));
    if (auto status = made->SetUpTrust(); !status) return Fail(std::move(status.error()));
    return made;
}

Result<std::unique_ptr<TlsContext>> TlsContext::CreateTrusting(Logger logger) {
    std::unique_ptr<TlsContext> made(new TlsContext({}, std::move(logger)));
    if (auto status = made->SetUp(); !status) return Fail(std::move(status.error()));
    SSL_CTX_set_verify(made->context_.get(), SSL_VERIFY_NONE, nullptr);
    return made;
}

Status TlsContext::SetUp() {
    ERR_clear_error();
    bio_method_ = MakeSocketBioMethod();
    context_.reset(SSL_CTX_new(TLS_client_method()));
    if (!bio_method_ || !context_ ||
        SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION) != 1) {
        return Fail(ErrorCode::kTls, "cannot set up TLS: " + TakeOpenSslError());
    }
    SSL_CTX* const context = context_.get();
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_app_data(context, this);
    SSL_CTX_sess_set_new_cb(context, [](SSL* ssl, SSL_SESSION* session) {
        auto* const self = static_cast<TlsContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
        self->KeepSession(ssl, OpenSslPtr<SSL_SESSION>(session));
        return 1;  // the session is ours now
    });
    return {};
}

Status TlsContext::SetUpTrust() {
    SSL_CTX* const context = context_.get();
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(
        context,
        [](X509_STORE_CTX* store_context, void* self) {
            return static_cast<TlsContext*>(self)->Verify(store_context);
        },
        this);
    X509_STORE* const store = SSL_CTX_get_cert_store(context);
    for (auto const& directory : trust_.directories) {
        X509_LOOKUP* const lookup = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir());
        if (lookup == nullptr ||
            X509_LOOKUP_add_dir(lookup, directory.c_str(), X509_FILETYPE_PEM) != 1) {
            return Fail(ErrorCode::kTls, "cannot use the directory of trusted roots " + directory +
                                             ": " + TakeOpenSslError());
        }
    }
    // With a directory, files are only read when it was not enough: a bundle takes 20 ms and more.
    return trust_.directories.empty() ? LoadFiles() : Status();
}

Status TlsContext::LoadFiles() {
    X509_STORE* const store = SSL_CTX_get_cert_store(context_.get());
    bool any = false;
    std::string problems;
    for (auto const& file : trust_.files) {
        ERR_clear_error();
        errno = 0;
        X509_LOOKUP* const lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
        if (lookup != nullptr &&
            X509_load_cert_crl_file(lookup, file.c_str(), X509_FILETYPE_PEM) > 0) {
            any = true;
            continue;
        }
        int const error = errno;
        std::string why = TakeOpenSslError();
        // OpenSSL's own words for a file that it cannot open are "system lib".
        if (::access(file.c_str(), R_OK) != 0 && error != 0) why = std::strerror(error);
        problems.append(problems.empty() ? "" : ", ").append(file).append(": ").append(why);
    }
    if (any) return {};
    std::string message = "no trusted roots can be read from ";
    if (trust_.setting.empty()) {
        message += "the system's files (" + problems +
                   "); install ca-certificates, or set AWS_CA_BUNDLE or SSL_CERT_FILE";
    } else {
        message += "the file of " + trust_.setting + ": " + problems;
    }
    return Fail(ErrorCode::kTls, std::move(message));
}

// Whether there was anything to load.
bool TlsContext::LoadFilesOnce() {
    if (trust_.directories.empty() || trust_.files.empty()) return false;
    std::call_once(files_once_, [this] {
        if (auto const status = LoadFiles(); !status) logger_.Warn(status.error().message);
    });
    return true;
}

int TlsContext::Verify(X509_STORE_CTX* store_context) {
    int const result = X509_verify_cert(store_context);
    if (result == 1 || !LoadFilesOnce()) return result;

    // Again, with the roots of the files; a context is good for one verification only.
    OpenSslPtr<X509_STORE_CTX> const again(X509_STORE_CTX_new());
    if (!again || X509_STORE_CTX_init(again.get(), SSL_CTX_get_cert_store(context_.get()),
                                      X509_STORE_CTX_get0_cert(store_context),
                                      X509_STORE_CTX_get0_untrusted(store_context)) != 1) {
        return result;
    }
    if (X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(again.get()),
                               X509_STORE_CTX_get0_param(store_context)) != 1) {
        return result;
    }
    int const second = X509_verify_cert(again.get());
    X509_STORE_CTX_set_error(store_context, X509_STORE_CTX_get_error(again.get()));
    if (second == 1) ERR_clear_error();  // that of the first try
    return second;
}

OpenSslPtr<SSL> TlsContext::MakeClient(int fd, Url const& url) {
    ERR_clear_error();
    BIO* const bio = BIO_new(bio_method_.get());
    if (bio == nullptr) return nullptr;
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
    BIO_set_init(bio, 1);
    return MakeClientOn(bio, url);
}

OpenSslPtr<SSL> TlsContext::MakeClientWithin(SSL* outer, Url const& url) {
    ERR_clear_error();
    BIO* const bio = BIO_new(BIO_f_ssl());
    if (bio == nullptr) return nullptr;
    BIO_set_ssl(bio, outer, BIO_NOCLOSE);
    return MakeClientOn(bio, url);
}

// Takes the BIO.
OpenSslPtr<SSL> TlsContext::MakeClientOn(BIO* bio, Url const& url) {
    OpenSslPtr<SSL> ssl(SSL_new(context_.get()));
    if (!ssl) {
        BIO_free(bio);
        return nullptr;
    }
    SSL_set_bio(ssl.get(), bio, bio);  // takes the BIO
    if (!ExpectPeer(ssl.get(), url.host)) return nullptr;
    SSL_set_connect_state(ssl.get());
    std::scoped_lock const lock(mutex_);
    auto const [entry, added] = sessions_.try_emplace(url.Authority());
    if (entry->second) SSL_set_session(ssl.get(), entry->second.get());
    SSL_set_app_data(ssl.get(), const_cast<std::string*>(&entry->first));
    return ssl;
}

void TlsContext::KeepSession(SSL* ssl, OpenSslPtr<SSL_SESSION> session) {
    auto const* const authority = static_cast<std::string const*>(SSL_get_app_data(ssl));
    std::scoped_lock const lock(mutex_);
    sessions_[*authority] = std::move(session);
}

std::string TlsContext::DescribeTrust() const {
    std::string text;
    for (auto const& list : trust_.directories) {
        for (std::string_view rest = list; !rest.empty();) {
            std::string const directory(rest.substr(0, rest.find(':')));
            rest.remove_prefix(std::min(directory.size() + 1, rest.size()));
            if (directory.empty()) continue;
            text.append(text.empty() ? "" : ", ").append("directory ").append(directory);
            if (!HasHashLinks(directory.c_str())) {
                text += " (which cannot be read, or lacks the links that \"openssl rehash\" makes)";
            }
        }
    }
    for (auto const& file : trust_.files) {
        text.append(text.empty() ? "" : ", ").append("file ").append(file);
    }
    return text;
}

}  // namespace lddynamo::http
