option(LDDYNAMO_STATIC_LIBC
    "Link libc into programs too: starts faster, for systems that look names up by files and DNS only" OFF)

# Keeps libcrypto from questioning the processor before main, which a virtual machine makes slow.
function(lddynamo_defer_cpuid target)
    target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src/http/deferred_cpuid.cpp)
    target_link_options(${target} PRIVATE -Wl,--wrap=OPENSSL_cpuid_setup)
endfunction()

# Programs carry libstdc++, libm, OpenSSL, Boost and RE2 with them and need only libc, so that one file runs
# on any recent Linux and starts fast: each shared library costs its share of every start, and so do the
# relocations of a position-independent program.
# Call after the target is made; the last libraries count for the whole directory.
function(lddynamo_static_program target)
    # Sanitizers' runtimes are linked in their own way. Without optimization, libm's functions for
    # rounding are called, and those of its archive need the C library's archive.
    if(LDDYNAMO_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL "Debug")
        return()
    endif()
    lddynamo_defer_cpuid(${target})
    if(LDDYNAMO_STATIC_LIBC)
        target_link_options(${target} PRIVATE -static -Wl,--gc-sections)
        return()
    endif()
    target_link_options(${target} PRIVATE
        -no-pie -nodefaultlibs -Wl,--gc-sections -Wl,--as-needed -Wl,-z,relro)
    set(CMAKE_CXX_STANDARD_LIBRARIES
        "-Wl,-Bstatic -lstdc++ -lm -lgcc -lgcc_eh -Wl,-Bdynamic -lc -lgcc -lgcc_eh" PARENT_SCOPE)
endfunction()
