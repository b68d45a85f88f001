#!/usr/bin/env bash
# What the gates cost and what they catch, over simulated releases: the tables of docs/gates.md. With --write they are put
# there, between their two marks. usage: bench/gates.sh [--write] [RELEASES]      (default 100000: about two hours on two processors)
set -euo pipefail
cd "$(dirname "$0")/.."
write=0
if [ "${1:-}" = --write ]; then write=1; shift; fi
cmake --preset release >/dev/null
cmake --build build-release --target bench_gates -j "$(nproc)" >&2
tables=$(mktemp)
trap 'rm -f "$tables"' EXIT
build-release/bench_gates "${1:-100000}" | tee "$tables"
[ "$write" = 1 ] || exit 0
awk -v tables="$tables" '
  /^<!-- tables: / { print; while ((getline line < tables) > 0) print line; skip = 1 }
  /^<!-- end of tables -->/ { skip = 0 }
  !skip || /^<!-- end of tables -->/ { if ($0 !~ /^<!-- tables: /) print }' docs/gates.md >docs/gates.md.new
mv docs/gates.md.new docs/gates.md
