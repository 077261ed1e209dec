# Our credentials against those that botocore finds under the same environment and files.
add_executable(credentials_probe credentials_probe.cpp)
target_link_libraries(credentials_probe PRIVATE lddynamo::lddynamo lddynamo_settings)
set_target_properties(credentials_probe PROPERTIES CXX_EXTENSIONS OFF)
add_test(NAME peers_credentials
    COMMAND "${LDDYNAMO_PEERS_PYTHON}" -m unittest -v credentials_test
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
set_tests_properties(peers_credentials PROPERTIES LABELS peers TIMEOUT 300
    ENVIRONMENT "LDDYNAMO_CREDENTIALS_PROBE=$<TARGET_FILE:credentials_probe>;PYTHONDONTWRITEBYTECODE=1")
