#!/bin/sh
# Times the service with SQLite and 50 programmes of 60 participants, as a table for docs/benchmarks.md:
#   benches/service.sh [CAREWEAVE [SECONDS]]
# Needs curl, python3 and hey (Debian: apt-get install hey). Load generator and service share the machine's cores.
set -eu
careweave=$(realpath "${1:-target/release/careweave}")
seconds=${2:-10}
folder=$(mktemp -d)
service=
trap 'kill $service 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
command -v hey > /dev/null || { echo "hey is missing: apt-get install hey" >&2; exit 1; }
at=127.0.0.1:8198
json() { python3 -c "import json,sys; print(json.load(sys.stdin)$1)"; }
ms() { date +%s%3N; }
row() { echo "| $1 | $2 | $3 |"; }
memory() { awk '/VmRSS/ {print int($2 / 1024)}' /proc/"$service"/status; }
"$careweave" generate --per-site 60 --seed 3 > problem.json
"$careweave" generate --sites 50 --per-site 100 --seed 2 > large.json
week=$(json "['week_start']" < problem.json)
participant=$(json "['participants'][5]['id']" < problem.json)

serve() {
    "$careweave" serve --listen $at --database "sqlite://$folder/careweave.db" --workers 2 2> log &
    service=$!
    until curl -sf $at/readyz > /dev/null; do sleep 0.01; done
}
echo "| what | printed | aim |"
echo "|---|---|---|"
begun=$(ms)
serve
row "start to \`/readyz\`, a new database" "$(($(ms) - begun)) ms" "under 1 s"
for k in $(seq 50); do
    curl -sf -d "{\"id\": \"p$k\", \"name\": \"$k\"}" $at/v1/programs > /dev/null
    curl -sf --data @problem.json $at/v1/programs/p$k/import > /dev/null
done
solve() { curl -sf -X POST -H "Prefer: wait=$3" -d "{\"options\": {\"seconds\": $2}}" $at/v1/programs/"$1"/weeks/"$week"/solve; }
solve p1 5 60 > /dev/null
curl -sf -X POST $at/v1/programs/p1/weeks/"$week"/publish > /dev/null
sleep 3
row "at rest, after that and a solve" "$(memory) MB" "under 100 MB"
kill "$service"; wait "$service" || true
begun=$(ms)
serve
row "start to \`/readyz\` with 50 programmes" "$(($(ms) - begun)) ms" "under 1 s"
sleep 3
row "at rest, after a start" "$(memory) MB" "under 100 MB"

reads() { # WHAT PATH AIM: 50 connections, 41 requests a second of each
    hey -z "${seconds}s" -c 50 -q 41 "http://$at$2" > hey.txt
    ! grep -q "Error distribution\|\[[^2][0-9][0-9]\].*responses" hey.txt || { cat hey.txt >&2; exit 1; }
    row "$1" "$(awk '/Requests\/sec/ {rate = $2} /99%/ {p99 = $3} END {printf "%d requests/s, p99 %d ms", rate, p99 * 1000}' hey.txt)" "$3"
}
for solves in 0 1 2; do
    case $solves in
        0) during="no solve" aim="" ;;
        1) during="one solve" aim="2,000 requests/s, p99 under 20 ms" ;;
        2) during="two solves" aim="p99 under 50 ms" ;;
    esac
    # Of one thread each, and longer than what follows.
    [ $solves = 0 ] || solve p$((solves + 1)) $((6 * seconds)) 0 > /dev/null
    reads "an entity, $during" "/v1/programs/p9/participants/$participant" "$aim"
    reads "a published week's calendar, $during" "/v1/programs/p1/weeks/$week/versions/1" "$aim"
done
for k in 2 3; do curl -sf -X DELETE $at/v1/solves/"$(curl -sf $at/v1/programs/p$k/weeks/"$week" | json "['solve']")" > /dev/null; done
curl -sf -d '{"id": "large", "name": "large"}' $at/v1/programs > /dev/null
begun=$(ms)
curl -sf --data-binary @large.json $at/v1/programs/large/import > /dev/null
row "import of 5,000 participants" "$(($(ms) - begun)) ms" "under 10 s"
