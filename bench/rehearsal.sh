#!/usr/bin/env bash
# How long a rehearsal of a whole release takes, as a ratio to its budget: two seconds of wall clock for two weeks.
# Builds the preset `release` and runs the scenario five times. usage: bench/rehearsal.sh [SCENARIO]
set -euo pipefail
cd "$(dirname "$0")/.."
scenario=${1:-smooth}
cmake --preset release >/dev/null
cmake --build build-release --target train -j "$(nproc)" >/dev/null
days=$(build-release/train rehearse "$scenario" -o json |
  jq -r '.timeline | (last.at | fromdate) - (first.at | fromdate) | . / 86400 * 10 | floor / 10')
echo "scenario $scenario: $days days"
for _ in 1 2 3 4 5; do
  began=$(date +%s%N)
  build-release/train rehearse "$scenario" -q -o json >/dev/null
  echo $(($(date +%s%N) - began))
done | sort -n | awk -v days="$days" '{ v[NR] = $1 / 1e9 }
  END { printf "wall: min %.2f s, median %.2f s, max %.2f s\n", v[1], v[3], v[5]
        printf "median per two weeks: %.2f s, %.2f of the budget\n", v[3] * 14 / days, v[3] * 14 / days / 2 }'
