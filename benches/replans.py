#!/usr/bin/env python3
"""Replans of drawn events, as tables: calls made against the calls of a fresh solve, and how soon the first plan is there.

    benches/replans.py [--careweave target/release/careweave] [--seconds 5 | --rounds N] [--events 10] [--only calls|first] [FIXTURE...]

The calendar in force is a solve of the fixture. Each event falls on a moment of its week: a clinician or a participant is
away for some hours or days, a room or the site is closed for some hours, a session is called off, an order is new. The
fresh solve has the same problem after the event and the same facts, with nothing of the rest of the calendar in force. A
call is a participant or a clinician for whom anything changes; both sides are counted in the same way. The first plan is
timed as a whole command, `careweave replan ... --seconds 0.05`, which ends once it has one: reading and compiling are in it.
"""

import argparse
import datetime
import json
import pathlib
import random
import statistics
import subprocess
import tempfile
import time

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


class Desk:
    """Where problems, calendars and events lie, and what runs the commands."""

    def __init__(self, given, folder):
        self.given, self.folder = given, pathlib.Path(folder)
        budget = ["--rounds", given.rounds] if given.rounds else ["--seconds", given.seconds]
        self.budget = [*budget, "--threads", 1]

    def put(self, name, value):
        (self.folder / name).write_text(json.dumps(value))
        return self.folder / name

    def solved(self, path):
        return run(self.given.careweave, "solve", path, *self.budget, "--progress", "none")

    def replanned(self, path, force, events, *budget):
        return run(self.given.careweave, "replan", path, force, self.put("events.json", events), *budget)


def compared(desk):
    """Calls of the plans for each event, beside those of a fresh solve."""
    print("| fixture | event | replan: calls / missing sessions of each plan | fresh solve: calls / missing |")
    print("|---|---|---|---|", flush=True)
    sums = {}
    for name in desk.given.fixtures:
        path = ROOT / "fixtures" / f"{name}.json"
        problem = json.loads(path.read_text())
        calendar = desk.solved(path)
        force = desk.put("calendar.json", calendar)
        dice = random.Random(name)
        for _ in range(desk.given.events):
            events = draw(dice, problem, calendar)
            answer = desk.replanned(path, force, events, *desk.budget)
            plans = answer["plans"]
            for plan in plans:
                assert len(plan["contacts"]) == calls(calendar, plan["calendar"]), "the calls are not those told"
            after = answer["problem"]
            at = datetime.datetime.fromisoformat(after["freeze_until"])
            facts = [s for s in after["previous"] if datetime.datetime.fromisoformat(s["start"]) < at]
            fresh = desk.solved(desk.put("after.json", {**after, "previous": facts}))
            missing = sum(u["missing_sessions"] for u in fresh["unmet"])
            first, anew = sums.get(name, (0, 0))
            sums[name] = first + len(plans[0]["contacts"]), anew + calls(calendar, fresh)
            of = ", ".join(f"{len(p['contacts'])} / {p['missing_sessions']}" for p in plans)
            print(f"| {name} | {told(events)} | {of} | {calls(calendar, fresh)} / {missing} |", flush=True)
    each = "; ".join(f"{name} {first} against {anew}" for name, (first, anew) in sums.items())
    first, anew = (sum(column) for column in zip(*sums.values()))
    print(f"\nCalls of all first plans against those of all fresh solves: {each}; together {first} against {anew}.")


def first_plans(desk):
    """How soon the first plan is there."""
    print("| first plan after an event | events | median, s | slowest, s | aim, s |\n|---|---|---|---|---|", flush=True)
    for what, how, aim in [("48 participants", ["--per-site", 48], 2), ("6 sites of 60", ["--sites", 6, "--per-site", 60], 10)]:
        problem = run(desk.given.careweave, "generate", *how, "--seed", 1)
        path = desk.put("problem.json", problem)
        calendar = desk.solved(path)
        force = desk.put("calendar.json", calendar)
        dice = random.Random(what)
        times = []
        for _ in range(desk.given.events):
            events = draw(dice, problem, calendar)
            begin = time.monotonic()
            answer = desk.replanned(path, force, events, "--seconds", 0.05)
            times.append(time.monotonic() - begin)
            assert answer["plans"], "no plan"
        name = f"{what}, `generate {' '.join(map(str, how))} --seed 1`"
        print(f"| {name} | {len(times)} | {statistics.median(times):.2f} | {max(times):.2f} | {aim} |", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--careweave", default=str(ROOT / "target/release/careweave"))
    arguments.add_argument("--seconds", type=float, default=5, help="of each replan and each fresh solve")
    arguments.add_argument("--rounds", type=int, help="instead of seconds")
    arguments.add_argument("--events", type=int, default=10)
    arguments.add_argument("--only", choices=["calls", "first"])
    arguments.add_argument("fixtures", nargs="*", default=["evening", "two-sites", "crisis"])
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(given, folder)
        if given.only != "calls":
            first_plans(desk)
        if given.only is None:
            print()
        if given.only != "first":
            compared(desk)


if __name__ == "__main__":
    main()
