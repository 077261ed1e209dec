// Linked into programs, not into the library (cmake/LddynamoPrograms.cmake): libcrypto asks the
// processor what it can do in code that runs before main. On a virtual machine each of those
// questions is answered by the hypervisor, and a program that sends plain HTTP never needs the
// answers. OpenSSL asks again when it is first used, and that call goes through.
namespace {
bool constructors_run = false;
// The loader runs _init, from where libcrypto calls, before any constructor.
[[gnu::constructor(101)]] void NoteConstructors() {
    constructors_run = true;
}
}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): the linker's names.
extern "C" {
void __real_OPENSSL_cpuid_setup();
void __wrap_OPENSSL_cpuid_setup();
void __wrap_OPENSSL_cpuid_setup() {
    if (constructors_run) __real_OPENSSL_cpuid_setup();
}
}
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)
