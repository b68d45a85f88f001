#!/usr/bin/env bash
# How fast archives of 150 MB are rebuilt, as ratios to the platforms' own signers on the same file in the same run, and in
# how much anonymous memory: the kernel's RssAnon, sampled every millisecond, which leaves out the pages of mapped files.
# Builds the preset `release`. The inputs come from make-android-fixtures.sh beside the checkout (PAD_MB=75).
# usage: bench/signing.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
fixtures=../shared/make-android-fixtures.sh
[ -r "$fixtures" ] || { echo "signing.sh: $fixtures is not there" >&2; exit 1; }
cmake --preset release >/dev/null
cmake --build build-release --target bench_signing -j "$(nproc)" >/dev/null
bench=$PWD/build-release/bench_signing
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# From Android 7.0 on: below, the rebuild adds v1, which apksigner can be told to leave out.
sed 's/minSdkVersion="21"/minSdkVersion="24"/' "$fixtures" >"$work/make.sh"
PAD_MB=75 NO_INSTALL=1 bash "$work/make.sh" "$work" >/dev/null 2>&1
chmod 600 "$work"/*.p12
export STORE_PASSWORD=android
apksigner sign --ks "$work/upload.p12" --ks-type PKCS12 --ks-pass env:STORE_PASSWORD --min-sdk-version 24 \
  --v1-signing-enabled false --v2-signing-enabled true --v3-signing-enabled true --v4-signing-enabled false \
  --out "$work/block.apk" "$work/app-unsigned.apk"

seconds() {
  local begin end
  begin=$(date +%s.%N); "$@" >/dev/null 2>&1; end=$(date +%s.%N)
  awk -v b="$begin" -v e="$end" 'BEGIN { printf "%.3f\n", e - b }'
}
median() { sort -g | sed -n "$(((rounds + 1) / 2))p"; }
# Each round: ours, then theirs.
run() { # NAME SOURCE BUDGET their-command…
  local name=$1 source=$2 budget=$3; shift 3
  local out="$work/out.${source##*.}"
  : >"$work/ours"; : >"$work/theirs"; : >"$work/memory"
  for _ in $(seq "$rounds"); do
    "$bench" "$source" "$out" "$work/upload.p12" 10.0.1 100 2>/dev/null >"$work/line"
    cut -d' ' -f1 "$work/line" >>"$work/ours"
    cut -d' ' -f2 "$work/line" >>"$work/memory"
    seconds "$@" >>"$work/theirs"
  done
  local ours theirs most
  ours=$(median <"$work/ours"); theirs=$(median <"$work/theirs"); most=$(sort -g "$work/memory" | tail -1)
  printf '%-16s %6.3f s, %s %6.3f s: %.1f x as fast (budget: at least %s); %s MiB of anonymous memory (below 64)\n' \
    "$name" "$ours" "$1" "$theirs" "$(awk -v t="$theirs" -v o="$ours" 'BEGIN { print t / o }')" "$budget" "$most"
}

run .aab "$work/app.aab" 8 jarsigner -keystore "$work/upload.p12" -storepass:env STORE_PASSWORD \
  -sigalg SHA256withRSA -digestalg SHA-256 -signedjar "$work/theirs.aab" "$work/app-unsigned.aab" upload
run ".apk, v2+v3" "$work/block.apk" 3 apksigner sign --ks "$work/upload.p12" --ks-type PKCS12 \
  --ks-pass env:STORE_PASSWORD --min-sdk-version 24 --v1-signing-enabled false --v2-signing-enabled true \
  --v3-signing-enabled true --v4-signing-enabled false --out "$work/theirs.apk" "$work/app-unsigned.apk"
run ".apk, v1+v2+v3" "$work/app.apk" 1 apksigner sign --ks "$work/upload.p12" --ks-type PKCS12 \
  --ks-pass env:STORE_PASSWORD --min-sdk-version 21 --v4-signing-enabled false \
  --out "$work/theirs.apk" "$work/app-unsigned.apk"

# .ipa: nothing on this system signs one, so the measure is what reading and writing it once costs. Signed first, so that
# there is a seal to verify.
ios=../shared/make-ios-fixture.sh
[ -r "$ios" ] || { echo "signing.sh: $ios is not there" >&2; exit 1; }
PAD_MB=150 WITH_WATCH=1 NO_INSTALL=1 bash "$ios" "$work/ios" >/dev/null 2>&1
export STORE_PASSWORD=train
identity=$work/ios/identity
chmod 600 "$identity"/*.p12
"$bench" "$work/ios/linker-signed.ipa" "$work/live.ipa" "$identity/dist.p12" 9.0.1 42 \
  "com.example.train=$identity/app.mobileprovision" "com.example.train.ext=$identity/ext.mobileprovision" \
  "com.example.train.watch=$identity/watch.mobileprovision" >/dev/null 2>&1
copy_and_hash() { cp "$work/live.ipa" "$work/copy.ipa"; openssl dgst -sha256 "$work/live.ipa"; }
: >"$work/ours"; : >"$work/theirs"; : >"$work/memory"
for _ in $(seq "$rounds"); do
  rm -f "$work/out.ipa" "$work/copy.ipa"
  "$bench" "$work/live.ipa" "$work/out.ipa" "$identity/dist.p12" 10.0.1 100 2>/dev/null >"$work/line"
  cut -d' ' -f1 "$work/line" >>"$work/ours"
  cut -d' ' -f2 "$work/line" >>"$work/memory"
  seconds copy_and_hash >>"$work/theirs"
done
ours=$(median <"$work/ours"); theirs=$(median <"$work/theirs"); most=$(sort -g "$work/memory" | tail -1)
printf '%-16s %6.3f s, cp and sha256 %6.3f s: %.2f x as long (budget: at most 4); %s MiB of anonymous memory (below 64)\n' \
  .ipa "$ours" "$theirs" "$(awk -v a="$ours" -v b="$theirs" 'BEGIN { print a / b }')" "$most"
