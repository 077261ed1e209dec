# What building the library needs; an installed one looks for its own (lddynamoConfig.cmake.in).
# Everything comes from Debian 12 packages; nothing is downloaded. Static archives are chosen
# because shared ones cost a program milliseconds at each start (see docs/benchmarks.md). A shared
# library cannot have them inside: they are not all position-independent.
if(BUILD_SHARED_LIBS)
    set(lddynamo_uses_archives OFF)
    set(lddynamo_library_suffix .so)
else()
    set(lddynamo_uses_archives ON)
    set(lddynamo_library_suffix .a)
endif()
set(Boost_USE_STATIC_LIBS ${lddynamo_uses_archives})
set(OPENSSL_USE_STATIC_LIBS ${lddynamo_uses_archives})
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL 3 REQUIRED)
find_package(tl-expected REQUIRED)

# Packages without a CMake file of their own in Debian 12.
function(lddynamo_find_package name library header)
    find_path(LDDYNAMO_${name}_INCLUDE_DIR NAMES ${header} REQUIRED)
    find_library(LDDYNAMO_${name}_LIBRARY NAMES ${library}${lddynamo_library_suffix} REQUIRED)
    mark_as_advanced(LDDYNAMO_${name}_INCLUDE_DIR LDDYNAMO_${name}_LIBRARY)
    if(NOT TARGET lddynamo_deps::${name})
        add_library(lddynamo_deps::${name} UNKNOWN IMPORTED GLOBAL)
        set_target_properties(lddynamo_deps::${name} PROPERTIES
            IMPORTED_LOCATION "${LDDYNAMO_${name}_LIBRARY}"
            INTERFACE_INCLUDE_DIRECTORIES "${LDDYNAMO_${name}_INCLUDE_DIR}")
    endif()
endfunction()
lddynamo_find_package(mbedcrypto libmbedcrypto mbedtls/sha256.h)
lddynamo_find_package(re2 libre2 re2/re2.h)
lddynamo_find_package(yaml libyaml yaml.h)
lddynamo_find_package(zlib libz zlib.h)
