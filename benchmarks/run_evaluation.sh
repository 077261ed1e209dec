#!/bin/sh
# Evaluations per second: ours against the Go SDK and the Node SDK, on the flags of benchmarks/data.
#
#   benchmarks/run_evaluation.sh
#
# Needs Go and Node with npm for the peers; what is missing is left out, and said so. Prints Markdown.
set -eu
cd "$(dirname "$0")/.."
build=build/bench
peers=$build/peers/evaluation

say() { printf '%s\n' "$*" >&2; }

say "Building ..."
[ -f "$build/CMakeCache.txt" ] || cmake --preset bench >&2
cmake --build --preset bench --target bench_client >&2

mkdir -p "$peers/node"
have_go=false
if command -v go >/dev/null; then
    (cd benchmarks/peers/go && CGO_ENABLED=0 go build -o "../../../$peers/go_peer" .) >&2 && have_go=true
fi
"$have_go" || say "Without the Go SDK: go is missing, or its modules cannot be had."
have_node=false
if command -v npm >/dev/null; then
    cp benchmarks/peers/node/package.json benchmarks/peers/node/package-lock.json benchmarks/peers/node/.npmrc \
        benchmarks/peers/node/main.mjs "$peers/node/"
    (cd "$peers/node" && npm ci) >&2 && have_node=true
fi
"$have_node" || say "Without the Node SDK: npm is missing, or its packages cannot be had."

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
: >"$tmp/peers"

# One after the other: they must not share the machine.
say "Measuring ours ..."
"$build/benchmarks/client/bench_client" --benchmark_format=json --benchmark_min_time=2 \
    --benchmark_filter='^(PlainBool/Ttl|FiveRulesAndRollout|AllFlagsOf1000)$' >"$tmp/ours"
if "$have_go"; then
    say "Measuring the Go SDK ..."
    "$peers/go_peer" benchmarks/data >>"$tmp/peers"
fi
if "$have_node"; then
    say "Measuring the Node SDK ..."
    node "$peers/node/main.mjs" benchmarks/data >>"$tmp/peers"
fi
python3 benchmarks/evaluation_table.py "$tmp/ours" "$tmp/peers"
