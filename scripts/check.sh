#!/usr/bin/env bash
# Checks of the source that need no build: layers, format.
set -euo pipefail
cd "$(dirname "$0")/.."
python3 scripts/check_layers.py
git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 --dry-run --Werror
echo "format: clean"
