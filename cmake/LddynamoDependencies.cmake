# Everything comes from Debian 12 packages; nothing is downloaded. Static archives are chosen
# because shared ones cost a program milliseconds at each start (see docs/benchmarks.md).
set(Boost_USE_STATIC_LIBS ON)
set(OPENSSL_USE_STATIC_LIBS ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL 3 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(fmt REQUIRED)

# Packages without a CMake file of their own in Debian 12.
function(lddynamo_find_archive target library header)
    find_path(${target}_INCLUDE_DIR NAMES ${header} REQUIRED)
    find_library(${target}_LIBRARY NAMES ${library} REQUIRED)
    if(NOT TARGET lddynamo_deps::${target})
        add_library(lddynamo_deps::${target} UNKNOWN IMPORTED GLOBAL)
        set_target_properties(lddynamo_deps::${target} PROPERTIES
            IMPORTED_LOCATION "${${target}_LIBRARY}"
            INTERFACE_INCLUDE_DIRECTORIES "${${target}_INCLUDE_DIR}")
    endif()
endfunction()
lddynamo_find_archive(mbedcrypto libmbedcrypto.a mbedtls/sha256.h)
lddynamo_find_archive(re2 libre2.a re2/re2.h)
lddynamo_find_archive(yaml libyaml.a yaml.h)
lddynamo_find_archive(zlib libz.a zlib.h)
