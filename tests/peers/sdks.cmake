# `lddynamo local` as other people's programs see it.
add_test(NAME peers_differential
    COMMAND "${LDDYNAMO_PEERS_PYTHON}" "${CMAKE_CURRENT_SOURCE_DIR}/differential_test.py")
set_tests_properties(peers_differential PROPERTIES LABELS peers TIMEOUT 300
    ENVIRONMENT "LDDYNAMO_PROGRAM=$<TARGET_FILE:lddynamo_program>;PYTHONDONTWRITEBYTECODE=1")
