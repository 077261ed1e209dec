#!/bin/sh
# Import of 1000 flags (2 MB) through dynalite: our CPU time against the wall time, and again unchanged.
#
#   benchmarks/run_import.sh
#
# Needs Node with npm for dynalite. Prints Markdown; exit code 1 when a limit of measure.mjs is broken.
set -eu
cd "$(dirname "$0")/.."
build=build/bench
[ -f "$build/CMakeCache.txt" ] || cmake --preset bench >&2
cmake --build --preset bench --target lddynamo_program >&2
[ -d tests/interop/node_modules/dynalite ] || npm ci --prefix tests/interop >&2
exec node benchmarks/import/measure.mjs "$build/apps/lddynamo/lddynamo" tests/interop
