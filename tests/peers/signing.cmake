# Signatures, endpoints and the adaptive rate limiter, held against botocore's.
add_executable(aws_probe aws_probe.cpp)
lddynamo_link_rooms(aws_probe aws json)
foreach(peer_test signing endpoint rate_limiter)
    add_test(NAME peers_${peer_test}
        COMMAND "${LDDYNAMO_PEERS_PYTHON}" -m unittest ${peer_test}_test
        WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
    set_tests_properties(peers_${peer_test} PROPERTIES LABELS peers TIMEOUT 120 ENVIRONMENT
        "LDDYNAMO_AWS_PROBE=$<TARGET_FILE:aws_probe>;PYTHONDONTWRITEBYTECODE=1")
endforeach()
