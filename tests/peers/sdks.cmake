# `lddynamo local` as other people's programs see it.
add_test(NAME peers_differential
    COMMAND "${LDDYNAMO_PEERS_PYTHON}" "${CMAKE_CURRENT_SOURCE_DIR}/differential_test.py")
set_tests_properties(peers_differential PROPERTIES LABELS peers TIMEOUT 300
    ENVIRONMENT "LDDYNAMO_PROGRAM=$<TARGET_FILE:lddynamo_program>;PYTHONDONTWRITEBYTECODE=1")

foreach(test python_sdk launchdarkly_python wire_fuzz)
    add_test(NAME peers_${test} COMMAND "${LDDYNAMO_PEERS_PYTHON}" -m unittest ${test}_test
        WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
    set_tests_properties(peers_${test} PROPERTIES LABELS peers TIMEOUT 300
        ENVIRONMENT "LDDYNAMO_PROGRAM=$<TARGET_FILE:lddynamo_program>;LDDYNAMO_INTEROP_EVAL=$<TARGET_FILE:interop_eval>;PYTHONDONTWRITEBYTECODE=1")
endforeach()

find_program(LDDYNAMO_NODE NAMES node nodejs)
if(NOT LDDYNAMO_NODE)
    set(LDDYNAMO_NODE node)  # the test then fails, and says what is missing
endif()
foreach(test javascript_sdk launchdarkly_node)
    add_test(NAME peers_${test} COMMAND "${LDDYNAMO_NODE}" --test "${PROJECT_SOURCE_DIR}/tests/interop/${test}.test.mjs")
    set_tests_properties(peers_${test} PROPERTIES LABELS peers TIMEOUT 300 ENVIRONMENT
        "LDDYNAMO_PROGRAM=$<TARGET_FILE:lddynamo_program>;LDDYNAMO_PEERS_PYTHON=${LDDYNAMO_PEERS_PYTHON}")
endforeach()
