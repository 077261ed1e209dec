# Rows of ours that official SDKs must not notice, and Big Segments that they and we read alike.
add_executable(big_segments_reader big_segments_reader.cpp)
target_link_libraries(big_segments_reader PRIVATE lddynamo::lddynamo lddynamo_settings)
set_target_properties(big_segments_reader PROPERTIES CXX_EXTENSIONS OFF)

find_program(LDDYNAMO_NODE NAMES node nodejs)
if(NOT LDDYNAMO_NODE)
    set(LDDYNAMO_NODE node)  # the test then fails, and says what is missing
endif()
add_test(NAME peers_oversize
    COMMAND "${LDDYNAMO_PEERS_PYTHON}" "${CMAKE_CURRENT_SOURCE_DIR}/oversize_test.py")
set_tests_properties(peers_oversize PROPERTIES LABELS peers TIMEOUT 300 ENVIRONMENT
    "LDDYNAMO_PROGRAM=$<TARGET_FILE:lddynamo_program>;LDDYNAMO_BIG_SEGMENTS_READER=$<TARGET_FILE:big_segments_reader>;LDDYNAMO_NODE=${LDDYNAMO_NODE};PYTHONDONTWRITEBYTECODE=1")
