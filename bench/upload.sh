#!/usr/bin/env bash
# How fast train uploads an .ipa, as a ratio to `curl -T` of the same file to the same server on loopback, and in how much
# memory. Builds the preset `release`. Each round: a new sandbox, `curl -T` of the file to its sink, `train plan` (it looks,
# reads the archive and hashes the file), one whole `train advance` (the same, and the upload, and another look), and
# `curl -T` again; the reference is the mean of the two. The upload alone is what `advance` takes longer than `plan`.
# usage: bench/upload.sh [MIB] [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
mib=${1:-512}
rounds=${2:-7}
cmake --preset release >/dev/null
cmake --build build-release --target train -j "$(nproc)" >/dev/null
train=$PWD/build-release/train
work=$(mktemp -d)
sandbox=
stop() {
  if [ -n "$sandbox" ]; then kill "$sandbox" 2>/dev/null || true; wait "$sandbox" 2>/dev/null || true; fi
  sandbox=
}
trap 'stop; rm -rf "$work"' EXIT

python3 - "$work/charge.ipa" "$mib" <<'PY'
import os, sys, zipfile
plist = """<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>CFBundleIdentifier</key><string>com.example.charge</string>
<key>CFBundleShortVersionString</key><string>3.4.0</string>
<key>CFBundleVersion</key><string>341</string>
</dict></plist>
"""
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_STORED) as archive:
    archive.writestr("Payload/Charge.app/Info.plist", plist)
    with archive.open("Payload/Charge.app/Charge", "w") as entry:
        for _ in range(int(sys.argv[2])):
            entry.write(os.urandom(1 << 20))
PY
bytes=$(stat -c %s "$work/charge.ipa")
sleep 3 # the file has settled

seconds_of_curl() { curl -sS -o /dev/null -w '%{time_total}' -T "$work/charge.ipa" "$url/_sandbox/sink"; }

# Prints: seconds of curl, of `plan`, of the whole `advance`, its peak KiB, seconds of curl afterwards.
round() {
  local here=$work/round
  rm -rf "$here"
  "$train" sandbox --port 0 --init "$here" >"$work/sandbox.out" 2>&1 &
  sandbox=$!
  for _ in $(seq 100); do
    url=$(sed -n 's|.*endpoint: \(http://127.0.0.1:[0-9]*\)/app-store.*|\1|p' "$here/train.yaml" 2>/dev/null || true)
    [ -n "$url" ] && curl -sf -o /dev/null "$url/_sandbox/clock" && break
    sleep 0.1
  done
  # Only the iOS app, and its file to be uploaded.
  python3 - "$here/train.yaml" "$work/charge.ipa" <<'PY'
import re, sys
path, artifact = sys.argv[1:]
text = open(path).read()
text = re.sub(r"  android:\n(    .*\n)+", "", text)
text = text.replace("    bundle_id: com.example.charge\n", f"    bundle_id: com.example.charge\n    artifact: {artifact}\n")
open(path, "w").write(text)
PY
  export TRAIN_CLOCK=$url/_sandbox/clock
  "$train" -f "$here/train.yaml" start 3.4.0 -q >/dev/null
  local before plan whole kib after
  before=$(seconds_of_curl)
  /usr/bin/time -o "$work/time" -f '%e' "$train" -f "$here/train.yaml" plan -q >/dev/null || [ $? -eq 2 ]
  read -r plan < <(tail -1 "$work/time")
  /usr/bin/time -o "$work/time" -f '%e %M' "$train" -f "$here/train.yaml" advance -q >/dev/null
  read -r whole kib <"$work/time"
  after=$(seconds_of_curl)
  curl -sf "$url/_sandbox/calls" | grep -q '"change":"app-store/3.4.0 build 341 uploaded"' || {
    echo "the build did not arrive" >&2
    exit 1
  }
  stop
  echo "$before $plan $whole $kib $after"
}

echo "file: $bytes bytes, $rounds rounds, $(nproc) processors"
round >/dev/null # warms the caches
for _ in $(seq "$rounds"); do round; done | awk -v bytes="$bytes" '
  function median(v, n,    i, j, t) {
    for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j - 1] > v[j]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
  }
  { c = ($1 + $5) / 2; own = $3 - $2; curl[NR] = c; whole[NR] = c / $3; alone[NR] = c / own; if ($4 > kib) kib = $4
    printf "round %d: curl %.2f s (%.2f, %.2f), plan %.2f s, advance %.2f s, its upload %.2f s, ratio %.2f, whole %.2f, peak %.1f MiB\n",
           NR, c, $1, $5, $2, $3, own, c / own, c / $3, $4 / 1024 }
  END { printf "median: curl %.0f MB/s; upload alone %.2f of it (budget 0.90), the whole run %.2f\n",
               bytes / 1e6 / median(curl, NR), median(alone, NR), median(whole, NR)
        printf "train peak resident memory: %.1f MiB (budget 40)\n", kib / 1024 }'
