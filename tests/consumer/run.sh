#!/usr/bin/env bash
# run.sh BUILD WORK PROJECT SOURCE: find_package, then pkg-config, on an installed library.
set -euo pipefail
build=$1 work=$2 project=$3
rm -rf "$work"
mkdir -p "$work"
cmake --install "$build" --prefix "$work/prefix" >/dev/null

echo "== find_package"
# What only the program needs is not asked for.
cmake -S "$project" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_CXX_STANDARD=23 \
    -DCMAKE_DISABLE_FIND_PACKAGE_fmt=ON -DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON >/dev/null
cmake --build "$work/build"
"$work/build/consumer" | tee "$work/out"
grep -qx 'new-checkout is on for bob: TARGET_MATCH' "$work/out"

echo "== find_package beside a project's own choices, and where something is missing"
# probe WANTED OPTION...: what find_package without REQUIRED says and leaves behind.
probe() {
    local wanted=$1
    shift
    rm -rf "$work/probe"
    cmake -S "$project/../probe" -B "$work/probe" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" "$@" >"$work/out"
    grep -F -- "-- lddynamo: $wanted" "$work/out" || { cat "$work/out"; exit 1; }
}
probe 'found, boost=unset, openssl=unset, threads=unset'
probe 'found, boost=ON, openssl=OFF, threads=OFF' -DBoost_USE_STATIC_LIBS=ON -DOPENSSL_USE_STATIC_LIBS=OFF \
    -DTHREADS_PREFER_PTHREAD_FLAG=OFF
for package in Boost OpenSSL Threads tl-expected; do
    probe 'absent, boost=unset, openssl=unset, threads=unset' "-DCMAKE_DISABLE_FIND_PACKAGE_$package=ON"
done
archives=$(g++ -print-multiarch)
probe 'absent, boost=unset, openssl=unset, threads=unset' \
    "-DCMAKE_IGNORE_PATH=/usr/lib/$archives;/lib/$archives;/usr/lib;/lib"

echo "== pkg-config"
PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name lddynamo.pc)")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046
g++ -std=c++20 "$project/main.cpp" -o "$work/consumer" $(pkg-config --cflags --libs lddynamo)
"$work/consumer" | grep -qx 'new-checkout is on for bob: TARGET_MATCH'
if pkg-config --cflags lddynamo | grep -e -std; then
    echo "pkg-config decides on a standard, which is the program's to choose"
    exit 1
fi

echo "== the program"
"$work/prefix/bin/lddynamo" --version
