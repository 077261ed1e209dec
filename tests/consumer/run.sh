#!/usr/bin/env bash
# run.sh BUILD WORK PROJECT SOURCE: find_package, then pkg-config, on an installed library.
set -euo pipefail
build=$1 work=$2 project=$3
rm -rf "$work"
mkdir -p "$work"
cmake --install "$build" --prefix "$work/prefix" >/dev/null

echo "== find_package"
cmake -S "$project" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" >/dev/null
cmake --build "$work/build"
"$work/build/consumer" | tee "$work/out"
grep -qx 'new-checkout is on for bob: TARGET_MATCH' "$work/out"

echo "== pkg-config"
PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name lddynamo.pc)")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046
g++ "$project/main.cpp" -o "$work/consumer" $(pkg-config --cflags --libs lddynamo)
"$work/consumer" | grep -qx 'new-checkout is on for bob: TARGET_MATCH'

echo "== the program"
"$work/prefix/bin/lddynamo" --version
