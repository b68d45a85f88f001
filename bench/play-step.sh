#!/usr/bin/env bash
# One rollout step on the built-in Google Play: the whole process `train advance` (look, gate, log, token, edit, commit,
# look again), against the five requests of the step itself (insert, read, write, commit, read back without an edit) by
# one `curl` process, on one machine in one run. `train` asks for its token in the measured time, `curl` brings one.
# The sandbox's clock begins 25 hours ago and has come to the present when the step is due, so that `train` reads the
# machine's own clock.
# Builds the preset `release`; needs jq, curl and python3. usage: bench/play-step.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-15}
cmake --preset release >/dev/null
cmake --build build-release --target train -j "$(nproc)" >/dev/null
train=$PWD/build-release/train
work=$(mktemp -d)
server=
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
now() { date +%s%N; }

# A release at 1 %, put there by hand, and a definition of that one app. The same seed gives the same edit ids.
start_server() {
  rm -rf "$work/app"
  "$train" sandbox --port 0 --seed 7 --at "$(date -u -d '25 hours ago' +%FT%TZ)" --init "$work/app" >"$work/server.log" 2>&1 &
  server=$!
  for _ in $(seq 100); do [ -s "$work/app/train.yaml" ] && break; sleep 0.1; done
  url=$(grep -om1 'http://127.0.0.1:[0-9]*' "$work/app/train.yaml")
  export TRAIN_CLOCK=$url/_sandbox/clock
  curl -fsS -o /dev/null -d '{"app":"android","action":"rollout","version":"3.4.0","build":"340","percent":1}' "$url/_sandbox/person"
  cat >"$work/app/train.yaml" <<YAML
version: 1
train: charge
apps:
  android:
    store: google_play
    package: com.example.charge
    credentials: { service_account: "file:keys/play.json" }
    endpoint: $url/play
    rollout: [1, 5, 20, 50, 100]
signals:
  crashes:
    source: prometheus
    url: $url/prometheus
    events:    'sum(app_crashed_sessions_total{app="\$app",version="\$version"})'
    exposures: 'sum(app_sessions_total{app="\$app",version="\$version"})'
gates:
  - { signal: crashes, limit: 1%, on_breach: rollback }
state: "file:.train"
YAML
}
stop_server() { kill "$server"; wait "$server" 2>/dev/null || true; }
token() { python3 bench/play-token.py "$work/app/keys/play.json" "$url"; }

# The id that the first edit of this seed gets.
start_server
api=$url/play/androidpublisher/v3/applications/com.example.charge
edit=$(curl -fsS -X POST -H "Authorization: Bearer $(token)" "$api/edits" | jq -r .id)
stop_server

by_curl() {
  start_server
  local api=$url/play/androidpublisher/v3/applications/com.example.charge auth began
  auth="Authorization: Bearer $(token)"
  local list='{"track":"production","releases":[{"name":"3.3.0","versionCodes":["330"],"status":"completed"},{"name":"3.4.0","versionCodes":["340"],"status":"inProgress","userFraction":0.05}]}'
  began=$(now)
  curl -fsS -o "$work/1" -X POST -H "$auth" "$api/edits" \
    --next -fsS -o "$work/2" -H "$auth" "$api/edits/$edit/tracks/production" \
    --next -fsS -o "$work/3" -X PUT -H "$auth" -H 'Content-Type: application/json' -d "$list" "$api/edits/$edit/tracks/production" \
    --next -fsS -o "$work/4" -X POST -H "$auth" "$api/edits/$edit:commit?changesInReviewBehavior=ERROR_IF_IN_REVIEW" \
    --next -fsS -o "$work/5" -H "$auth" "$api/tracks/production/releases"
  echo $(($(now) - began)) >>"$work/curl"
  check
  stop_server
}
check() {
  curl -fsS "$url/_sandbox/state" | jq -e '.android.candidate.percent == 5' >/dev/null || { echo "the step was not taken"; exit 1; }
}
by_train() {
  start_server
  (cd "$work/app" && "$train" start 3.4.0 -q && "$train" advance -q) >/dev/null
  curl -fsS -o /dev/null -d '{"advance":"25h"}' "$url/_sandbox/clock"
  local before began
  before=$(curl -fsS "$url/_sandbox/calls" | jq length)
  began=$(now)
  (unset TRAIN_CLOCK && cd "$work/app" && exec "$train" advance -q) >/dev/null
  echo $(($(now) - began)) >>"$work/train"
  curl -fsS "$url/_sandbox/calls" | jq ".[$before:] | length" >"$work/requests"
  check
  stop_server
}

for _ in $(seq "$rounds"); do by_curl; by_train; done
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
awk -v c="$(median "$work/curl")" -v t="$(median "$work/train")" -v n="$(cat "$work/requests")" 'BEGIN {
  printf "curl, five requests      %.1f ms\n", c / 1e6
  printf "train advance, %2d calls  %.1f ms: %.2f x curl (budget: at most 2)\n", n, t / 1e6, t / c }'
