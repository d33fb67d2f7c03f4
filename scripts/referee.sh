#!/bin/sh
# Solves every fixture for some seconds and has the independent referee judge each calendar.
#   scripts/referee.sh [SECONDS]      default 3 for each
set -eu
cd "$(dirname "$0")/.."
seconds="${1:-3}"
careweave="${CAREWEAVE:-target/debug/careweave}"
out=target/referee
mkdir -p "$out"
failed=0
for problem in fixtures/*.json fixtures/instances/*.json; do
    name="$(basename "$problem" .json)"
    "$careweave" solve "$problem" --seconds "$seconds" --threads 2 --out "$out/$name.json" 2>"$out/$name.log" \
        || { echo "FAILED  $name: solve"; cat "$out/$name.log"; failed=1; continue; }
    if python3 tests/judge/careweave_referee.py "$problem" "$out/$name.json" >"$out/$name.verdict"; then
        python3 - "$name" "$out/$name.verdict" <<'PY'
import json, sys
verdict = json.load(open(sys.argv[2]))
print(f"passed  {sys.argv[1]:24} objective {verdict['objective']:>9}")
PY
    else
        echo "FAILED  $name"; cat "$out/$name.verdict"; failed=1
    fi
done
exit "$failed"
