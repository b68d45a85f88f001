#!/usr/bin/env bash
# An upload of 512 MiB to the built-in Google Play by `train` and by `curl -T` of the same file to the same server, in
# one run: the throughput of one as a ratio of the other's, and the peak resident memory of `train`.
# Builds the preset `release`; needs jq, curl, python3 and GNU time (apt-get install time).
# usage: bench/play-upload.sh [MIB] [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
mib=${1:-512}
rounds=${2:-3}
cmake --preset release >/dev/null
cmake --build build-release --target train -j "$(nproc)" >/dev/null
train=$PWD/build-release/train
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

# Grows the sandbox's own bundle by one stored entry of zeroes in front: an archive may begin with anything.
grow() {
  python3 - "$1" "$2" <<'PY'
import struct, sys
path, mib = sys.argv[1], int(sys.argv[2])
data = bytearray(open(path, 'rb').read())
end = data.rfind(b'PK\x05\x06')
size, offset = struct.unpack_from('<II', data, end + 12)
pad = mib << 20
struct.pack_into('<I', data, end + 16, offset + pad)
at = offset
while data[at:at + 4] == b'PK\x01\x02':
    name, extra, comment = struct.unpack_from('<HHH', data, at + 28)
    struct.pack_into('<I', data, at + 42, struct.unpack_from('<I', data, at + 42)[0] + pad)
    at += 46 + name + extra + comment
with open(path, 'wb') as out:
    block = bytes(range(256)) * 4096
    for _ in range(mib):
        out.write(block)
    out.write(data)
PY
}

start_server() {
  rm -rf "$work/app"
  "$train" sandbox --port 0 --init "$work/app" >"$work/server.log" 2>&1 &
  server=$!
  for _ in $(seq 100); do [ -s "$work/app/train.yaml" ] && break; sleep 0.1; done
  url=$(grep -om1 'http://127.0.0.1:[0-9]*' "$work/app/train.yaml")
  export TRAIN_CLOCK=$url/_sandbox/clock
  grow "$work/app/build/charge-3.4.0.aab" "$mib"
  sleep 3  # a file that changed a moment ago is hashed anew at each look: a build that waits for its upload did not
}

stop_server() { kill "$server"; wait "$server" 2>/dev/null || true; }
now() { date +%s%N; }

token() { python3 bench/play-token.py "$work/app/keys/play.json" "$url"; }

by_curl() {
  start_server
  local api=$url/play/androidpublisher/v3/applications/com.example.charge
  local auth="Authorization: Bearer $(token)"
  local edit size session began
  edit=$(curl -fsS -X POST -H "$auth" "$api/edits" | jq -r .id)
  size=$(stat -c %s "$work/app/build/charge-3.4.0.aab")
  session=$(curl -fsS -D - -o /dev/null -X POST -H "$auth" -H "X-Upload-Content-Length: $size" \
    "$url/play/upload/androidpublisher/v3/applications/com.example.charge/edits/$edit/bundles?uploadType=resumable" |
    tr -d '\r' | sed -n 's/^Location: //p')
  began=$(now)
  curl -fsS -T "$work/app/build/charge-3.4.0.aab" -H "$auth" -H "Expect:" \
    -H "Content-Range: bytes 0-$((size - 1))/$size" "$session" >/dev/null
  echo $(($(now) - began)) >>"$work/curl"
  stop_server
}

# The whole process, and what the same process takes when the store has the bundle already: the rest is the upload.
by_train() {
  start_server
  (cd "$work/app" && "$train" start 3.4.0 -q) >/dev/null
  local began whole
  began=$(now)
  (cd "$work/app" && /usr/bin/time -f %M -o "$work/peak.one" "$train" advance -q) >/dev/null
  whole=$(($(now) - began))
  tail -n1 "$work/peak.one" >>"$work/peak"
  curl -fsS "$url/_sandbox/calls" | jq -e 'map(select(.change == "play/bundle 340")) | length == 1' >/dev/null
  rm -rf "$work/app/.train"
  (cd "$work/app" && "$train" start 3.4.0 -q) >/dev/null
  began=$(now)
  (cd "$work/app" && "$train" advance -q) >/dev/null
  echo "$whole" >>"$work/whole"
  echo $((whole - ($(now) - began))) >>"$work/sent"
  stop_server
}

for _ in $(seq "$rounds"); do by_curl; by_train; done
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
curl_ns=$(median "$work/curl"); sent_ns=$(median "$work/sent"); whole_ns=$(median "$work/whole")
awk -v mib="$mib" -v c="$curl_ns" -v s="$sent_ns" -v w="$whole_ns" -v p="$(sort -n "$work/peak" | tail -n1)" 'BEGIN {
  printf "%d MiB, median of the rounds\n", mib
  printf "curl -T                 %.2f s, %.0f MiB/s\n", c / 1e9, mib * 1e9 / c
  printf "train, the upload       %.2f s, %.0f MiB/s: %.2f x curl (budget: 0.9 or more)\n", s / 1e9, mib * 1e9 / s, c / s
  printf "train, the whole run    %.2f s (with reading and comparing the archive): %.2f x curl\n", w / 1e9, c / w
  printf "train, peak resident    %.1f MiB (budget: below 40)\n", p / 1024 }'
