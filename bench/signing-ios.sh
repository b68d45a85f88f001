#!/usr/bin/env bash
# An .ipa of about 150 MiB rebuilt, its old seal verified on the way, against `cp` plus `openssl dgst -sha256` of the same
# file in the same run; and the memory beyond mapped files. usage: bench/signing-ios.sh FIXTURES [ROUNDS]     (default 7)
# FIXTURES: a folder with linker-signed.ipa and identity/, made with PAD_MB=150 WITH_WATCH=1.
set -euo pipefail
fixtures=$(cd "${1:?usage: bench/signing-ios.sh FIXTURES [ROUNDS]}" && pwd)
rounds=${2:-7}
cd "$(dirname "$0")/.."
cmake --preset release >/dev/null
cmake --build build-release --target bench_signing -j "$(nproc)" >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
identity=$fixtures/identity
export STORE_PASSWORD=train
# Signed once, so that there is a seal to verify.
build-release/bench_signing "$fixtures/linker-signed.ipa" "$work/live.ipa" "$identity/dist.p12" 9.0.0 41 \
  "com.example.train=$identity/app.mobileprovision" "com.example.train.ext=$identity/ext.mobileprovision" \
  "com.example.train.watch=$identity/watch.mobileprovision" >"$work/first" 2>/dev/null
seconds() { # of a command
  local begin end
  begin=$(date +%s%N)
  "$@" >/dev/null
  end=$(date +%s%N)
  awk -v t="$((end - begin))" 'BEGIN { printf "%.4f\n", t / 1e9 }'
}
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
for _ in $(seq "$rounds"); do
  seconds cp "$work/live.ipa" "$work/copy.ipa" >>"$work/cp"
  seconds openssl dgst -sha256 "$work/live.ipa" >>"$work/dgst"
  build-release/bench_signing "$work/live.ipa" "$work/out.ipa" "$identity/dist.p12" 10.0.1 43 2>/dev/null >>"$work/ours"
  rm -f "$work/copy.ipa" "$work/out.ipa"
done
base=$(awk -v a="$(median "$work/cp")" -v b="$(median "$work/dgst")" 'BEGIN { print a + b }')
ours=$(median "$work/ours")
memory=$(awk '{ if ($2 > m) m = $2 } END { print m }' "$work/ours")
awk -v ours="$ours" -v base="$base" -v memory="$memory" -v size="$(stat -c %s "$work/live.ipa")" 'BEGIN {
  printf "an .ipa of %.0f MiB: rebuilt in %.3f s, cp + sha256 %.3f s: %.2f x (budget: at most 4)\n", size / 1048576, ours, base, ours / base
  printf "memory beyond mapped files: %.1f MiB (budget: below 64)\n", memory
}'
awk -v ours="$ours" -v base="$base" -v memory="$memory" 'BEGIN { exit !(ours <= 4 * base && memory < 64) }'
