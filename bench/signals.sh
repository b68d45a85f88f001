#!/usr/bin/env bash
# How long `train signals` takes over twelve providers that each answer after 100 ms, as a ratio to one such provider: they are
# asked at once, so the budget is 1.3 times the slowest. usage: bench/signals.sh [ROUNDS]      (default 11; wants python3, jq)
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-11}
cmake --preset release >/dev/null
cmake --build build-release --target train -j "$(nproc)" >&2
train=$PWD/build-release/train
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT
"$train" sandbox --port 0 --init "$work/demo" >"$work/sandbox.log" 2>&1 &
python3 - "$work/port" <<'PY' &
import http.server, sys, time
class Slow(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.1)
        body = b'{"value": 1}'
        self.send_response_only(200)  # no Date: the clock here is the sandbox's
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *a):
        pass
http.server.ThreadingHTTPServer.request_queue_size = 64
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
open(sys.argv[1], "w").write(str(server.server_address[1]))
server.serve_forever()
PY
until [ -s "$work/port" ] && [ -f "$work/demo/train.yaml" ]; do sleep 0.1; done
cd "$work/demo"
export TRAIN_CLOCK
TRAIN_CLOCK=$(grep -o 'http://127.0.0.1:[0-9]*' train.yaml | head -1)/_sandbox/clock
"$train" start 3.4.0 >/dev/null 2>&1
"$train" advance >/dev/null 2>&1 || true
definition() { # COUNT
  sed '/^signals:/,/^approvals:/{/^approvals:/!d}' train.yaml
  echo 'signals:'
  for i in $(seq 1 "$1"); do
    echo "  s$i: { source: http, url: 'http://127.0.0.1:$(cat "$work/port")/', value: /value, apps: [android] }"
  done
}
definition 1 >one.yaml
definition 12 >twelve.yaml
[ "$("$train" -f twelve.yaml signals -o json | jq '[.apps[].signals[] | select(.live.state == "measured")] | length')" = 12 ]
took() { # FILE
  for _ in $(seq 1 "$rounds"); do
    local began
    began=$(date +%s%N)
    "$train" -f "$1" signals -o json >/dev/null
    echo $(($(date +%s%N) - began))
  done | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
one=$(took one.yaml)
twelve=$(took twelve.yaml)
awk -v one="$one" -v twelve="$twelve" 'BEGIN { printf "one provider %.0f ms, twelve %.0f ms: %.2f x (budget: at most 1.3)\n", one / 1e6, twelve / 1e6, twelve / one }'
