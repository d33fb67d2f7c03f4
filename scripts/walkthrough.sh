#!/bin/sh
# Walks from an empty database through four published weeks (assessment, admission, a no-show and its make-up, illness,
# step-down, discharge) and writes docs/walkthrough.md:
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
# A walk: from an empty database through four weeks

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
say 'Everybody needs an assessment first, so there is a service for it; the clinician works on five days.'
run "curl -s -X PUT -d '{\"id\": \"assessment\", \"name\": \"Assessment\", \"kind\": \"assessment\", \"minutes\": 60,
  \"credentials\": [\"LCSW\"], \"room_features\": [\"private\"], \"counts\": false}' \$api/elm/services/assessment | jq -c .kind
curl -s -X PATCH -d '{\"shifts\": [{\"days\": [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"], \"start\": \"09:00\", \"end\": \"12:00\"}]}' \\
  \$api/elm/clinicians/ana | jq -c '.shifts[0].days'"
say 'The coordinator knows more than a problem holds: p1 is admitted on Monday, is assessed within two days of it, and steps down after' \
    'two weeks; what is missed of the talks is owed. The name is kept apart, for keys with the scope `record`.'
run "curl -s -X PATCH -d '{\"admitted\": \"2026-11-30\", \"record\": {\"name\": \"Maria Gonzalez\"},
  \"orders\": [{\"id\": \"p1-process\", \"service\": \"process\", \"sessions\": 2},
    {\"id\": \"p1-individual\", \"service\": \"individual\", \"sessions\": 1, \"recurrence\": {\"make_up\": true}},
    {\"id\": \"p1-assessment\", \"service\": \"assessment\", \"sessions\": 1, \"priority\": 3, \"recurrence\": \"within 2 days\"}],
  \"phases\": [{\"after_weeks\": 2, \"name\": \"step-down\", \"level_of_care\": \"1\", \"plan\": {\"min_minutes_per_week\": 60},
    \"orders\": [{\"id\": \"p1-process\", \"service\": \"process\", \"sessions\": 2}, {\"id\": \"p1-individual\", \"service\": \"individual\", \"sessions\": 0}]}]}' \\
  \$api/elm/participants/p1 | jq -c '{id, admitted, record, phases: [.phases[] | {after_weeks, name}]}'"
run "curl -s \"\$api/elm/due?from=2026-11-30\" | jq -c '.items[]'"
run "curl -s \$api/elm/weeks/2026-11-30 | jq -r '.origins[] | select(.participant == \"p1\") | \"\\(.order): \\(.text)\"'"
say '## The first week' '' 'Solved into the draft, looked at, published. The answer to the publication says who must be told what.'
run "curl -s -H 'Prefer: wait=60' -d '{\"options\": {\"rounds\": 50}}' \$api/elm/weeks/2026-11-30/solve | jq -c '{status, objective, bound}'"
run "curl -s \$api/elm/weeks/2026-11-30 | jq -r '.draft.sessions[] | [.start, .id, (.participants | join(\" \"))] | @tsv'"
run "curl -s -X POST \$api/elm/weeks/2026-11-30/publish | jq -r '\"version \\(.version)\", (.changes.items[] | \"\\(.participant // .clinician): \\(.text)\")'"
say 'What is due is planned now, and not held before it was:'
run "curl -s \"\$api/elm/due?from=2026-11-30\" | jq -r '.items[].text'"
say '## A no-show, and its make-up' '' 'Who did not come is noted; the dose says at once who will fall below the minimum.'
run "session=\$(curl -s \$api/elm/weeks/2026-11-30 | jq -c '.published.sessions[] | select(.order == \"p2-individual\") |
  {session: .id, participant: .participants[0], status: \"no_show\"}')
curl -s -d \"\$session\" \$api/elm/weeks/2026-11-30/attendance | jq -c '.items[]'"
run "curl -s \"\$api/elm/weeks/2026-11-30/dose?below=true\" |
  jq -c '.items[] | {participant, prescribed_minutes, scheduled_minutes, expected_minutes, minimum_minutes, short_minutes, missed}'"
say 'There is time left this week: where could what is missing be made up?'
run "curl -s \"\$api/elm/weeks/2026-11-30/dose?below=true&places=2\" |
  jq -c '.items[] | {participant, places: [.places[] | {order, at: [.places[].sessions[].start]}]}'"
say 'The next solve takes what happened for a fact, leaves alone what it can, and makes up what was missed.'
run "curl -s -H 'Prefer: wait=60' -d '{\"options\": {\"rounds\": 50}}' \$api/elm/weeks/2026-11-30/solve | jq -c .status
curl -s \$api/elm/weeks/2026-11-30/changes | jq -r '.items[] | \"\\(.participant // .clinician): \\(.text)\"'"
run "curl -s -X POST \$api/elm/weeks/2026-11-30/publish | jq -c '{version, since: .changes.since}'
curl -s \"\$api/elm/weeks/2026-11-30/dose?below=true\" | jq -c .items"
say 'A sheet for the table at the door, by first name and initial, and the attendance as a table:'
run "curl -s \"\$api/elm/weeks/2026-11-30/sign-in?day=2026-12-01&format=csv\"
curl -s \"\$api/elm/weeks/2026-11-30/attendance?status=no_show&format=csv\""
say '## The second week: illness' '' 'It keeps the closed group and the hours of the first; there is no `previous`, for nobody was told anything of it yet.'
run "curl -s \$api/elm/weeks/2026-12-07 | jq -c '.problem | {members: [.groups[].members], reference: (.reference | length), previous}'"
run "curl -s -H 'Prefer: wait=60' -d '{\"options\": {\"rounds\": 50}}' \$api/elm/weeks/2026-12-07/solve | jq -c .status
curl -s -X POST \$api/elm/weeks/2026-12-07/publish | jq -c .version
curl -s \$api/elm/weeks/2026-12-07 | jq -r '.published.sessions[] | [.start, .id, (.participants | join(\" \"))] | @tsv'"
say 'On Tuesday all came. On Wednesday p2 calls: ill, up to Friday. Those days become a hold; what has been stays, the rest is solved anew.'
run "curl -s \$api/elm/weeks/2026-12-07 | jq -c '[.published.sessions[] | select(.start < \"2026-12-09\") | .id as \$s | .participants[] |
  {session: \$s, participant: ., status: \"attended\"}]' |
  curl -s --data @- \$api/elm/weeks/2026-12-07/attendance | jq -c '.items | length'
curl -s -X PATCH -d '{\"hold\": {\"from\": \"2026-12-09\", \"to\": \"2026-12-11\"}}' \$api/elm/participants/p2 | jq -c .hold
curl -s -H 'Prefer: wait=60' -d '{\"options\": {\"rounds\": 50}}' \$api/elm/weeks/2026-12-07/solve | jq -c .status
curl -s -X POST \$api/elm/weeks/2026-12-07/publish | jq -r '\"version \\(.version)\", (.changes.items[] | \"\\(.participant // .clinician): \\(.text)\")'"
say '## The third week: step-down' '' 'p1 has been there for two weeks. The plan of the week is that of the phase.'
run "curl -s \$api/elm/weeks/2026-12-14 | jq -c '.problem.participants[] | select(.id == \"p1\") | {plan, orders: [.orders[].id]}'
curl -s -H 'Prefer: wait=60' -d '{\"options\": {\"rounds\": 50}}' \$api/elm/weeks/2026-12-14/solve | jq -c .status
curl -s -X POST \$api/elm/weeks/2026-12-14/publish | jq -c .version
curl -s \$api/elm/weeks/2026-12-14 | jq -r '.published.sessions[] | [.start, .id, (.participants | join(\" \"))] | @tsv'"
say '## The fourth week: discharge' '' 'p3 leaves on Tuesday; in the last seven days before that a talk plans what comes after.'
run "curl -s -X PATCH -d '{\"discharged\": \"2026-12-22\", \"orders\": [{\"id\": \"p3-process\", \"service\": \"process\", \"sessions\": 2},
  {\"id\": \"p3-individual\", \"service\": \"individual\", \"sessions\": 1},
  {\"id\": \"p3-aftercare\", \"service\": \"individual\", \"sessions\": 1, \"priority\": 3, \"recurrence\": \"7 days before discharge\"}]}' \\
  \$api/elm/participants/p3 | jq -c .discharged
curl -s -H 'Prefer: wait=60' -d '{\"options\": {\"rounds\": 50}}' \$api/elm/weeks/2026-12-21/solve | jq -c .status
curl -s -X POST \$api/elm/weeks/2026-12-21/publish | jq -c .version
curl -s \$api/elm/weeks/2026-12-21 | jq -r '.published.sessions[] | [.start, .id, (.participants | join(\" \"))] | @tsv'"
say 'In the week after p3 is in no problem any more. The doses of all four weeks are one table:'
run "curl -s \$api/elm/weeks/2026-12-28 | jq -c '[.problem.participants[].id]'
curl -s \"\$api/elm/dose?from=2026-11-30&to=2026-12-31&format=csv\" | cut -d, -f1-7"
say '## Admitted again' '' 'p3 comes back in January, for less. The episode that is over is noted, and its weeks are derived from it.'
run "curl -s -X PATCH -d '{\"admitted\": \"2027-01-11\", \"discharged\": null, \"orders\": [{\"id\": \"p3-process\", \"service\": \"process\", \"sessions\": 1}]}' \\
  \$api/elm/participants/p3 | jq -c '{admitted, episodes: [.episodes[] | {discharged, orders: [.orders[].id]}]}'
for week in 2026-12-14 2026-12-28 2027-01-11; do
  curl -s \$api/elm/weeks/\$week | jq -r '.origins[] | select(.participant == \"p3\") | \"\\(.order): \\(.text)\"'
done"
say '[integrations.md](integrations.md) tells how the weeks get into the calendars of those concerned.'
