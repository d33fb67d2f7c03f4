#!/bin/sh
# Times the service with SQLite and 50 programmes of 60 participants: benches/service.sh [CAREWEAVE]
# Needs curl, python3 and hey (Debian: apt-get install hey). Load generator and service share the machine's cores.
set -eu
careweave=$(realpath "${1:-target/release/careweave}")
folder=$(mktemp -d)
trap 'kill "$service" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
at=127.0.0.1:8198
json() { python3 -c "import json,sys; print(json.load(sys.stdin)$1)"; }
ms() { date +%s%3N; }
"$careweave" generate --per-site 60 --seed 3 > problem.json
week=$(json "['week_start']" < problem.json)
participant=$(json "['participants'][5]['id']" < problem.json)

begun=$(ms)
"$careweave" serve --listen $at --database "sqlite://$folder/careweave.db" --workers 2 2> log &
service=$!
until curl -sf $at/readyz > /dev/null; do sleep 0.01; done
echo "start to /readyz: $(($(ms) - begun)) ms"
for k in $(seq 50); do
    curl -sf -d "{\"id\": \"p$k\", \"name\": \"$k\"}" $at/v1/programs > /dev/null
    curl -sf --data @problem.json $at/v1/programs/p$k/import > /dev/null
done
sleep 3
echo "at rest with 50 programmes: $(awk '/VmRSS/ {print int($2 / 1024)}' /proc/$service/status) MB"
solve() { curl -sf -X POST -H "Prefer: wait=$3" -d "{\"options\": {\"seconds\": $2}}" $at/v1/programs/"$1"/weeks/"$week"/solve; }
solved=$(solve p1 5 60 | json "['id']")
reads() { # WHAT PATH
    hey -z 10s -c 20 -q 100 "http://$at$2" > hey.txt
    awk -v what="$1" '/Requests\/sec/ {rate = $2} /99%/ {p99 = $3} END {printf "%s: %d requests/s, p99 %d ms\n", what, rate, p99 * 1000}' hey.txt
}
for solves in 0 1 2; do
    [ $solves = 0 ] || solve p$((solves + 1)) 60 0 > /dev/null
    reads "$solves solves, an entity" "/v1/programs/p9/participants/$participant"
    reads "$solves solves, a calendar" "/v1/solves/$solved/calendar"
done
"$careweave" generate --sites 50 --per-site 100 --seed 2 > large.json
curl -sf -d '{"id": "large", "name": "large"}' $at/v1/programs > /dev/null
begun=$(ms)
curl -sf --data-binary @large.json $at/v1/programs/large/import > /dev/null
echo "import of 5,000 participants: $(($(ms) - begun)) ms"
