# Programs carry libstdc++, libgcc, OpenSSL, Boost and RE2 with them and need only glibc, so that one file
# runs on any recent Linux and starts fast. Sanitizers bring runtimes of their own.
function(lddynamo_static_program target)
    if(LDDYNAMO_SANITIZE)
        return()
    endif()
    target_link_options(${target} PRIVATE
        -static-libstdc++ -static-libgcc -Wl,--gc-sections -Wl,--as-needed -Wl,-z,relro -Wl,-z,now)
endfunction()
