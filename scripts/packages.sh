#!/usr/bin/env bash
# Installs the Debian packages that building and testing need and that are missing, and says so.
# quickstart and test source it for its parts.

# What building the library and the program needs.
build_packages=(
    libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libssl-dev libmbedtls-dev zlib1g-dev
    libre2-dev libyaml-dev libexpected-dev libcli11-dev libfmt-dev
)
build_commands=(cmake:cmake ninja:ninja-build g++:g++ make:make)
# What the tests need beside that.
test_packages=(libgtest-dev libgmock-dev ca-certificates python3-venv)
test_commands=(python3:python3 node:nodejs npm:npm pkg-config:pkg-config git:git clang-format-14:clang-format-14
    strace:strace tinyproxy:tinyproxy)

# install_missing "package ..." "command:package ..."
install_missing() {
    local missing=() package pair
    for package in $1; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    for pair in $2; do
        command -v "${pair%%:*}" >/dev/null 2>&1 || missing+=("${pair##*:}")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    echo "installing Debian packages: ${missing[*]}"
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1 || ! sudo -n true 2>/dev/null; then
            echo "not root, and sudo would ask for a password; please run:" >&2
            echo "    sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo -n)
    fi
    local log
    log=$(mktemp)
    if ! { "${as_root[@]}" apt-get update -q && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# Compilers of this code want up to 1.5 GB each.
build_jobs() {
    local cores memory_kb by_memory
    cores=$(nproc)
    memory_kb=$(awk '/MemAvailable/ {print $2}' /proc/meminfo)
    by_memory=$((memory_kb / 1500000))
    [ "$by_memory" -lt 1 ] && by_memory=1
    [ "$by_memory" -lt "$cores" ] && echo "$by_memory" || echo "$cores"
}

# Python packages that tests compare with, in build/python; quick when nothing changed.
install_python_peers() {
    local wanted=tests/peers/requirements.txt stamp=build/python/requirements.txt
    cmp -s "$wanted" "$stamp" && return 0
    echo "installing botocore, moto and LaunchDarkly's Python SDK from PyPI into build/python"
    rm -rf build/python
    /usr/bin/python3 -m venv build/python
    build/python/bin/pip install -q --disable-pip-version-check -r "$wanted"
    cp "$wanted" "$stamp"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    set -euo pipefail
    install_missing "${build_packages[*]} ${test_packages[*]}" "${build_commands[*]} ${test_commands[*]}"
fi
