#!/bin/sh
# Walks from an empty database to a published week, a no-show, its make-up and the next week, and writes docs/walkthrough.md:
# every command as it is run, and what it prints. usage: scripts/walkthrough.sh [CAREWEAVE]
set -eu
careweave=${1:-target/debug/careweave}
folder=$(mktemp -d)
at=127.0.0.1:8196
page=docs/walkthrough.md
trap 'kill "$service" 2>/dev/null; rm -rf "$folder"' EXIT
# The days of the walk are fixed: it begins before its first week.
CAREWEAVE_NOW=2026-11-26T09:00:00Z "$careweave" serve --listen $at --database "sqlite://$folder/careweave.db" --workers 1 2> "$folder/log" &
service=$!
until curl -sf $at/readyz > /dev/null; do sleep 0.1; done

say() { printf '%s\n' "$@" >> "$page"; }
# Runs a command and writes both it and what it prints.
run() {
    say '' '```sh' "$1" '```' '' '```'
    api=http://$at/v1/programs sh -c "$1" >> "$page"
    say '```' ''
}

cat > "$page" << 'END'
# A walk: from an empty database to the second week

`scripts/walkthrough.sh` ran these commands and wrote down what they print. They need `curl` and `jq`, and a service,
which is told to believe that it is the Thursday before the first week:

```sh
CAREWEAVE_NOW=2026-11-26T09:00:00Z careweave serve &
api=http://127.0.0.1:8080/v1/programs
```

## The programme

A site with two rooms, one clinician, one group, three participants, brought in as one problem:
END
run "curl -s -d '{\"id\": \"elm\", \"name\": \"Elm Street\"}' \$api | jq -c ."
run "curl -s --data @fixtures/tiny.json \$api/elm/import | jq -c .lists"
say 'The coordinator knows more than a problem holds: p1 is admitted on Monday and steps down after two weeks. The name is kept' \
    'apart, for keys with the scope `record`.'
run "curl -s -X PATCH -d '{\"admitted\": \"2026-11-30\", \"record\": {\"name\": \"Maria Gonzalez\"},
  \"phases\": [{\"after_weeks\": 2, \"name\": \"step-down\", \"level_of_care\": \"1\", \"plan\": {\"min_minutes_per_week\": 60}}]}' \\
  \$api/elm/participants/p1 | jq -c '{id, admitted, record, phases}'"
run "curl -s \"\$api/elm/due?from=2026-11-30\" | jq -c '.items[]'"
say '## The first week' '' 'Solved into the draft, looked at, published. The answer to the publication says who must be told what.'
run "curl -s -H 'Prefer: wait=60' -d '{\"options\": {\"rounds\": 50}}' \$api/elm/weeks/2026-11-30/solve | jq -c '{status, objective, bound}'"
run "curl -s \$api/elm/weeks/2026-11-30 | jq -r '.draft.sessions[] | [.start, .id, (.participants | join(\" \"))] | @tsv'"
run "curl -s -X POST \$api/elm/weeks/2026-11-30/publish | jq -r '\"version \\(.version)\", (.changes.items[] | \"\\(.participant // .clinician): \\(.text)\")'"
say '## A no-show, and its make-up' '' 'Who did not come is noted; the dose says at once who will fall below the minimum.'
run "session=\$(curl -s \$api/elm/weeks/2026-11-30 | jq -c '[.published.sessions[] | select(.order)] | sort_by(.start) | .[0] |
  {session: .id, participant: .participants[0], status: \"no_show\"}')
curl -s -d \"\$session\" \$api/elm/weeks/2026-11-30/attendance | jq -c '.items[]'"
run "curl -s \"\$api/elm/weeks/2026-11-30/dose?below=true\" |
  jq -c '.items[] | {participant, prescribed_minutes, scheduled_minutes, expected_minutes, minimum_minutes, short_minutes, missed}'"
say 'The next solve takes what happened for a fact, leaves alone what it can, and makes up what was missed.'
run "curl -s -H 'Prefer: wait=60' -d '{\"options\": {\"rounds\": 50}}' \$api/elm/weeks/2026-11-30/solve | jq -c .status
curl -s \$api/elm/weeks/2026-11-30/changes | jq -r '.items[] | \"\\(.participant // .clinician): \\(.text)\"'"
run "curl -s -X POST \$api/elm/weeks/2026-11-30/publish | jq -c '{version, since: .changes.since}'
curl -s \"\$api/elm/weeks/2026-11-30/dose?below=true\" | jq -c .items"
say '## The second week' '' 'It keeps the closed group and the hours of the first; there is no `previous`, for nobody was told anything of it yet.'
run "curl -s \$api/elm/weeks/2026-12-07 | jq -c '.problem | {members: [.groups[].members], reference: (.reference | length), previous}'"
run "curl -s -H 'Prefer: wait=60' -d '{\"options\": {\"rounds\": 50}}' \$api/elm/weeks/2026-12-07/solve | jq -c '{status, objective}'
curl -s \$api/elm/weeks/2026-12-07 | jq -r '.draft.sessions[] | [.start, .id, (.participants | join(\" \"))] | @tsv'"
run "curl -s -X POST \$api/elm/weeks/2026-12-07/publish | jq -c .version
curl -s \"\$api/elm/dose?from=2026-11-30&to=2026-12-31&format=csv\" | cut -d, -f1-7"
say '[integrations.md](integrations.md) tells how the weeks get into the calendars of those concerned.'
