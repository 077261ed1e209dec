#!/bin/sh
# Every benchmark, one after the other, as Markdown: what docs/benchmarks.md quotes. Use a quiet machine.
#
#   benchmarks/run.sh >results.md
set -eu
cd "$(dirname "$0")/.."
cmake --preset bench >&2
benchmarks/run_cold_start.sh
printf '\n### Evaluation\n\n'
benchmarks/run_evaluation.sh
printf '\n### Import\n\n'
benchmarks/run_import.sh
printf '\n### Writing and reading without a network\n\n'
cmake --build --preset bench --target bench_client >&2
build/bench/benchmarks/client/bench_client --benchmark_filter='Init|Preload|AllFlags' --benchmark_format=console \
    2>/dev/null | sed 's/^/    /'
printf '\n### Streaming\n\n'
cmake --build --preset bench --target bench_stream >&2
build/bench/benchmarks/stream/bench_stream
