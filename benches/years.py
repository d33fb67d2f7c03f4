#!/usr/bin/env python3
"""Simulates a year of a programme week by week: admissions, discharges, leave, no-shows; and beside it each week solved fresh.

usage: benches/years.py [CAREWEAVE] [--weeks 52] [--people 24] [--rounds 60] [--shifted default 20 …] [--seed 1 2 …] [--at-least-hours 95] [--at-least-dose 95]

Each week is derived from the stored programme, solved at the hours of the week before, published and attended. Beside it the same
week's problem without those hours and rosters is solved from nothing; the same people stay away from the same kind of session on the
same day in both. The programme says no weight of `shifted` (`default`), or the one that is given. Prints a table for
docs/benchmarks.md with two rows for each weight and seed; ends with 1 where a share of a programme that says no weight is below what is
asked for (0 asks for nothing)."""

import argparse
import datetime
import json
import random
import subprocess
import sys
import tempfile
import threading
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

# Weeks over which admissions and leave are spread, however many of them are simulated.
YEAR = 52


class Service:
    """A service of its own, on a port of its own, over a database of its own."""

    def __init__(self, careweave, now="2026-01-01T09:00:00Z"):
        self.careweave, self.now = careweave, now

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        command = [self.careweave, "serve", "--listen", "127.0.0.1:0", "--workers", "1", "--database", f"sqlite://{self.folder.name}/c.db"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={"CAREWEAVE_NOW": self.now, "RUST_LOG": "info"})
        for line in self.process.stderr:
            if "listening on " in line:
                self.at = line.split("listening on ")[1].split()[0]
                break
        # What it logs later is not read, so that it must not fill the pipe.
        threading.Thread(target=lambda: [None for _ in self.process.stderr], daemon=True).start()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def fetch(self, path, body=None, method=None, wait=None):
        headers = {"Content-Type": "application/json"} | ({"Prefer": f"wait={wait}"} if wait else {})
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.at + path, data, headers, method=method or ("GET" if body is None else "POST"))
        try:
            with urlopen(request, timeout=600) as answer:
                return answer.read()
        except HTTPError as error:
            sys.exit(f"{method or ''} {path}: {error.code} {error.read()[:2000].decode()}")

    def call(self, *args, **named):
        return json.loads(self.fetch(*args, **named))


def generated(careweave, sites, people, seed):
    command = [careweave, "generate", "--sites", str(sites), "--per-site", str(people), "--seed", str(seed)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def shifted(session, weeks):
    """A session some weeks later, at the same wall time."""
    zone = ZoneInfo(session["time_zone"])
    begin, end = (datetime.datetime.fromisoformat(session[name]) for name in ("start", "end"))
    later = (begin.astimezone(zone).replace(tzinfo=None) + datetime.timedelta(weeks=weeks)).replace(tzinfo=zone)
    kept = {name: session[name] for name in ("id", "clinicians", "participants", "group", "order", "room", "site", "modality") if session.get(name)}
    end = (later.astimezone(datetime.timezone.utc) + (end - begin)).astimezone(zone)
    return kept | {"start": later.isoformat(), "end": end.isoformat(), "time_zone": session["time_zone"]}


def dice(*about):
    """A number of 0 to 1 that is the same whenever the same is asked."""
    return random.Random("/".join(map(str, about))).random()


def came(seed, week, person, session):
    """Whether somebody comes: each has a rate of 20 to 37 % of sessions missed."""
    rate = 0.20 + 0.17 * dice(seed, person)
    kind = session.get("group") or session["order"]
    return dice(seed, week, person, kind, session["start"][:10]) >= rate


def minutes(problem, sessions, seed, week):
    """Minutes that count and that people came to."""
    counted = {s["id"]: s.get("counts", True) for s in problem["services"]}
    total = 0
    for session in sessions:
        begin, end = (datetime.datetime.fromisoformat(session[name]) for name in ("start", "end"))
        if counted[session["service"]]:
            length = (end - begin).total_seconds() / 60
            total += length * sum(came(seed, week, person, session) for person in session["participants"])
    return total


def hours(sessions):
    """When each group meets: weekday and wall time."""
    groups = {}
    for session in sessions:
        if session.get("group"):
            start = datetime.datetime.fromisoformat(session["start"])
            groups.setdefault(session["group"], set()).add((start.weekday(), start.hour, start.minute))
    return groups


def simulate(service, asked, weight, seed):
    rng = random.Random(seed)
    problem = generated(service.careweave, 1, asked.people, seed)
    first = datetime.date.fromisoformat(problem["week_start"])
    people = problem["participants"]
    in_groups = {service["id"] for service in problem["services"] if service.get("group")}
    # A third of them come later; each goes, and comes again for another episode some weeks later.
    gone = {}
    base = "/v1/programs/year"
    service.call("/v1/programs", {"id": "year", "name": "A year"})
    weights = {name: value for name, value in problem["weights"].items() if name != "shifted"}
    said = {} if weight == "default" else {"shifted": int(weight)}
    service.call(f"{base}/import", problem | {"weights": weights | said})
    for k, person in enumerate(people):
        begins = first if k % 3 else first + datetime.timedelta(days=rng.randrange(0, 7 * YEAR // 2))
        ends = begins + datetime.timedelta(weeks=rng.randrange(16, 40))
        # A missed meeting of a group is gone; a missed talk is owed.
        orders = [order if order["service"] in in_groups else order | {"recurrence": {"from": str(first), "make_up": True}}
                  for order in person["orders"]]
        gone[person["id"]] = ends
        patch = {"admitted": str(begins), "discharged": str(ends), "orders": orders}
        if rng.random() < 0.5:
            leave = begins + datetime.timedelta(days=rng.randrange(10, 90))
            patch["hold"] = [{"from": str(leave), "to": str(leave + datetime.timedelta(days=rng.randrange(1, 10)))}]
        service.call(f"{base}/participants/{person['id']}", patch, "PATCH")
    for clinician in problem["clinicians"]:
        leave = first + datetime.timedelta(days=rng.randrange(0, 7 * YEAR))
        window = {"from": f"{leave}T00:00", "to": f"{leave + datetime.timedelta(days=rng.randrange(2, 8))}T00:00"}
        service.call(f"{base}/clinicians/{clinician['id']}", {"away": clinician.get("away", []) + [window]}, "PATCH")
    closed = {g["id"] for g in problem["groups"] if g.get("roster", "closed") == "closed"}
    kept = rolled = 0
    attended = [0, 0]
    before = {}
    for k in range(asked.weeks):
        date = first + datetime.timedelta(weeks=k)
        week = f"{base}/weeks/{date}"
        for person, ends in gone.items():
            if ends < date:
                begins = date + datetime.timedelta(days=rng.randrange(0, 28))
                gone[person] = begins + datetime.timedelta(weeks=rng.randrange(16, 40))
                patch = {"admitted": str(begins), "discharged": str(gone[person]), "hold": None}
                service.call(f"{base}/participants/{person}", patch, "PATCH")
        derived = service.call(week)["problem"]
        service.call(f"{week}/solve", {"options": {"rounds": asked.rounds, "threads": 1}}, wait=600)
        service.call(f"{week}/publish", method="POST")
        sessions = service.call(week)["published"]["sessions"]
        notes = [{"session": s["id"], "participant": p, "status": "attended" if came(seed, k, p, s) else "no_show"}
                 for s in sessions for p in s["participants"]]
        if notes:
            service.call(f"{week}/attendance", notes)
        now = hours(sessions)
        for group in closed & before.keys() & now.keys():
            rolled += 1
            kept += now[group] == before[group]
        before = now
        attended[0] += minutes(derived, sessions, seed, k)
        # The same week, as if nobody were used to anything.
        derived.pop("reference", None)
        own = {g["id"]: g.get("members") for g in problem["groups"]}
        for group in derived["groups"]:
            group.pop("members", None)
            if own[group["id"]]:
                here = {p["id"] for p in derived["participants"]}
                group["members"] = [p for p in own[group["id"]] if p in here]
        solve = service.call("/v1/solves", {"problem": derived, "options": {"rounds": asked.rounds, "threads": 1}}, wait=600)
        fresh = service.call(f"/v1/solves/{solve['id']}/calendar")["sessions"]
        attended[1] += minutes(derived, fresh, seed, k)
        print(f"week {k + 1} of {asked.weeks}: {len(derived['participants'])} people, {kept} of {rolled} hours kept, "
              f"{attended[0]:.0f} minutes beside {attended[1]:.0f}", file=sys.stderr, flush=True)
    return kept, rolled, attended


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("careweave", nargs="?", default="target/release/careweave")
    arguments.add_argument("--weeks", type=int, default=52, choices=range(2, 105), metavar="2..104")
    arguments.add_argument("--people", type=int, default=24, choices=range(8, 101), metavar="8..100")
    arguments.add_argument("--rounds", type=int, default=60)
    arguments.add_argument("--shifted", nargs="+", default=["default"], help="weights of an attendance at another hour than the week before")
    arguments.add_argument("--seed", type=int, nargs="+", default=[1])
    arguments.add_argument("--at-least-hours", type=float, default=95)
    arguments.add_argument("--at-least-dose", type=float, default=95)
    asked = arguments.parse_args()
    print("| weight of `shifted`, seed | what | printed | aim |\n|---|---|---|---|")
    reached = True
    for weight in asked.shifted:
        for seed in asked.seed:
            with Service(asked.careweave) as service:
                kept, rolled, attended = simulate(service, asked, weight, seed)
            hours_kept, dose = 100 * kept / max(rolled, 1), 100 * attended[0] / max(attended[1], 1)
            print(f"| {weight}, {seed} | closed groups of rolled weeks that keep their hours | {kept} of {rolled}, {hours_kept:.1f} % | at least 95 % |")
            print(f"| {weight}, {seed} | attended minutes, beside each week solved fresh | {attended[0]:.0f} of {attended[1]:.0f}, {dose:.1f} % | at least 95 % |", flush=True)
            reached &= weight != "default" or (hours_kept >= asked.at_least_hours and dose >= asked.at_least_dose)
    if not reached:
        sys.exit(1)


if __name__ == "__main__":
    main()
