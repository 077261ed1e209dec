# A room is an object library inside the one library that users link (ARCHITECTURE.md).

add_library(lddynamo_settings INTERFACE)
target_compile_features(lddynamo_settings INTERFACE cxx_std_20)
target_include_directories(lddynamo_settings INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> ${PROJECT_SOURCE_DIR}/src)
target_compile_options(lddynamo_settings INTERFACE
    -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor
    $<$<BOOL:${LDDYNAMO_WARNINGS_AS_ERRORS}>:-Werror>
    # GCC 12 reports these inside its own <string> and Boost.Asio under optimisation (PR105329, PR105651).
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow
      -Wno-stringop-overread -Wno-array-bounds -Wno-dangling-reference -Wno-unknown-warning>)
target_compile_definitions(lddynamo_settings INTERFACE _GLIBCXX_ASSERTIONS)
# So that a program's linker can leave out what it does not use (--gc-sections).
target_compile_options(lddynamo_settings INTERFACE -ffunction-sections -fdata-sections)
if(LDDYNAMO_SANITIZE)
    target_compile_options(lddynamo_settings INTERFACE
        -fsanitize=${LDDYNAMO_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(lddynamo_settings INTERFACE -fsanitize=${LDDYNAMO_SANITIZE})
endif()

# What nearly every file includes, which is more than a third of what it takes to compile.
function(lddynamo_precompile target)
    if(LDDYNAMO_PRECOMPILE)
        target_precompile_headers(${target} PRIVATE
            <algorithm> <chrono> <condition_variable> <functional> <map> <memory> <mutex> <optional> <stop_token>
            <string> <string_view> <thread> <unordered_map> <utility> <variant> <vector> <tl/expected.hpp>)
    endif()
endfunction()

# lddynamo_room(<name> SOURCES ... [ROOMS lower rooms] [LIBRARIES other libraries])
function(lddynamo_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;ROOMS;LIBRARIES" ${ARGN})
    add_library(lddynamo_${name} OBJECT ${ROOM_SOURCES})
    set_target_properties(lddynamo_${name} PROPERTIES
        CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
    target_link_libraries(lddynamo_${name} PRIVATE lddynamo_settings
        PUBLIC tl::expected Threads::Threads ${ROOM_LIBRARIES})
    lddynamo_precompile(lddynamo_${name})
    set_property(GLOBAL APPEND PROPERTY LDDYNAMO_ROOMS ${name})
    set(closure ${name})
    foreach(lower ${ROOM_ROOMS})
        get_property(below GLOBAL PROPERTY LDDYNAMO_ROOM_CLOSURE_${lower})
        list(APPEND closure ${below})
    endforeach()
    list(REMOVE_DUPLICATES closure)
    set_property(GLOBAL PROPERTY LDDYNAMO_ROOM_CLOSURE_${name} ${closure})
    foreach(lower ${closure})
        if(NOT lower STREQUAL name)
            # For include paths and definitions of what the lower room uses publicly.
            target_include_directories(lddynamo_${name} PRIVATE
                $<TARGET_PROPERTY:lddynamo_${lower},INTERFACE_INCLUDE_DIRECTORIES>)
        endif()
    endforeach()
endfunction()

# Checks that double the time which tests take to compile, and find in them little that the library's own code, which
# has them all, or AddressSanitizer does not show.
add_library(lddynamo_program_settings INTERFACE)
if(LDDYNAMO_SANITIZE MATCHES "undefined")
    target_compile_options(lddynamo_program_settings INTERFACE -fno-sanitize=null,alignment,vptr)
endif()

# Links a program with the objects of the named rooms and of all rooms below them.
function(lddynamo_link_rooms target)
    set(all "")
    foreach(room ${ARGN})
        get_property(closure GLOBAL PROPERTY LDDYNAMO_ROOM_CLOSURE_${room})
        list(APPEND all ${closure})
    endforeach()
    list(REMOVE_DUPLICATES all)
    list(TRANSFORM all PREPEND lddynamo_)
    target_link_libraries(${target} PRIVATE lddynamo_settings lddynamo_program_settings ${all})
    set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
endfunction()

# lddynamo_unit_test(<room> SOURCES ... [APART ...]): the program unit_<room>, linked with that room alone.
# APART: those whose names would be another file's in one translation unit.
function(lddynamo_unit_test room)
    cmake_parse_arguments(UNIT "" "" "SOURCES;APART;LIBRARIES;ROOMS" ${ARGN})
    add_executable(unit_${room} ${UNIT_SOURCES} ${UNIT_APART})
    if(LDDYNAMO_UNITY_TESTS)
        # What helps several rooms' tests, such as an operator new that counts, is no part of theirs.
        list(FILTER UNIT_SOURCES INCLUDE REGEX "^/")
        set_source_files_properties(${UNIT_SOURCES} ${UNIT_APART} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
        set_target_properties(unit_${room} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
    endif()
    lddynamo_link_rooms(unit_${room} ${room} ${UNIT_ROOMS})
    target_include_directories(unit_${room} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_link_libraries(unit_${room} PRIVATE ${UNIT_LIBRARIES} GTest::gmock GTest::gtest_main)
    # Half of what a test takes to compile.
    target_precompile_headers(unit_${room} PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
    set_property(GLOBAL APPEND PROPERTY LDDYNAMO_UNIT_TESTS unit_${room})
    add_test(NAME unit_${room} COMMAND unit_${room})
    set_tests_properties(unit_${room} PROPERTIES LABELS unit TIMEOUT 300)
endfunction()
