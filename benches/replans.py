#!/usr/bin/env python3
"""Calls made by `careweave replan` against the calls of a fresh solve, on ten drawn events per fixture, as a table.

    benches/replans.py [--careweave target/release/careweave] [--seconds 10 | --rounds N] [--events 10] [FIXTURE...]

The calendar in force is a solve of the fixture. Each event falls on a moment of its week: a clinician or a participant is
away for some hours or days, a room or the site is closed for some hours, a session is called off, an order is new. The
fresh solve has the same problem after the event and the same facts, with nothing of the rest of the calendar in force. A
call is a participant or a clinician for whom anything changes; both sides are counted in the same way.
"""

import argparse
import datetime
import json
import pathlib
import random
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(careweave, *args):
    return json.loads(subprocess.run([careweave, *map(str, args)], check=True, capture_output=True).stdout)


def weeks(sessions):
    """What each person has, a session by its series, hour, place and, for a participant, who gives it."""
    found = {}
    for s in sessions:
        what = (s.get("group") or s["order"], s["start"], s["end"], s["modality"], s["site"], s["room"])
        for p in s["participants"]:
            found.setdefault(("participant", p), set()).add((what, tuple(sorted(s["clinicians"]))))
        for c in s["clinicians"]:
            found.setdefault(("clinician", c), set()).add(what)
    return found


def calls(before, after):
    old, new = weeks(before["sessions"]), weeks(after["sessions"])
    return sum(old.get(who, set()) != new.get(who, set()) for who in old.keys() | new.keys())


def draw(dice, problem, calendar):
    """An event, and the moment at which it becomes known."""
    sessions = [s for s in calendar["sessions"] if s["start"][:10] > problem["week_start"]]
    some = dice.choice(sessions)
    start = datetime.datetime.fromisoformat(some["start"])
    at = start - datetime.timedelta(hours=dice.choice([1, 3, 18]))

    def until(hours):
        return (start + datetime.timedelta(hours=hours)).isoformat()

    kind = dice.choice(["clinician", "clinician", "participant", "room", "site", "cancel", "order"])
    if kind == "clinician":
        event = {"kind": "clinician_away", "id": some["clinicians"][0], "from": at.isoformat(), "to": until(dice.choice([8, 30, 72]))}
    elif kind == "participant":
        event = {"kind": "participant_away", "id": some["participants"][0], "from": at.isoformat(), "to": until(dice.choice([8, 30]))}
    elif kind == "room" and some["room"]:
        event = {"kind": "room_closed", "id": some["room"], "from": at.isoformat(), "to": until(dice.choice([8, 30]))}
    elif kind == "site":
        event = {"kind": "site_closed", "id": some["site"], "from": start.isoformat(), "to": until(4)}
    elif kind == "order":
        person = dice.choice(problem["participants"])
        like = dice.choice([o for o in person["orders"] if not next(s for s in problem["services"] if s["id"] == o["service"]).get("group")] or [None])
        if like is None:
            return draw(dice, problem, calendar)
        event = {"kind": "new_order", "id": person["id"], "order": {"id": like["id"] + "-more", "service": like["service"], "sessions": 1}}
    else:
        event = {"kind": "cancel", "id": some["id"]}
    return {"at": at.isoformat(), "events": [event]}


def told(event):
    event = event["events"][0]
    return event["kind"].replace("_", " ") + " " + event["id"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--careweave", default=str(ROOT / "target/release/careweave"))
    arguments.add_argument("--seconds", type=float, default=10)
    arguments.add_argument("--rounds", type=int)
    arguments.add_argument("--events", type=int, default=10)
    arguments.add_argument("fixtures", nargs="*", default=["evening", "two-sites", "crisis"])
    given = arguments.parse_args()
    budget = ["--rounds", given.rounds] if given.rounds else ["--seconds", given.seconds]
    budget += ["--threads", 1]
    print("| fixture | event | replan: calls / missing sessions of each plan | fresh solve: calls / missing |")
    print("|---|---|---|---|")
    sums = [0, 0]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)

        def put(name, value):
            (folder / name).write_text(json.dumps(value))
            return folder / name

        for name in given.fixtures:
            path = ROOT / "fixtures" / f"{name}.json"
            problem = json.loads(path.read_text())
            calendar = run(given.careweave, "solve", path, *budget, "--progress", "none")
            force = put("calendar.json", calendar)
            dice = random.Random(name)
            for _ in range(given.events):
                events = draw(dice, problem, calendar)
                answer = run(given.careweave, "replan", path, force, put("events.json", events), *budget)
                plans = answer["plans"]
                for plan in plans:
                    assert len(plan["contacts"]) == calls(calendar, plan["calendar"]), "the calls are not those told"
                after = answer["problem"]
                at = datetime.datetime.fromisoformat(after["freeze_until"])
                facts = [s for s in after["previous"] if datetime.datetime.fromisoformat(s["start"]) < at]
                fresh = run(given.careweave, "solve", put("after.json", {**after, "previous": facts}), *budget, "--progress", "none")
                missing = sum(u["missing_sessions"] for u in fresh["unmet"])
                sums[0] += len(plans[0]["contacts"])
                sums[1] += calls(calendar, fresh)
                of = ", ".join(f"{len(p['contacts'])} / {p['missing_sessions']}" for p in plans)
                print(f"| {name} | {told(events)} | {of} | {calls(calendar, fresh)} / {missing} |", flush=True)
    print(f"\nCalls of all first plans: {sums[0]}; of all fresh solves: {sums[1]}.")


if __name__ == "__main__":
    main()
