#!/usr/bin/env python3
"""Times the week's problem of programmes with a year of published weeks, and the dose of twelve weeks; each time is that of a request.

usage: benches/weeks.py [CAREWEAVE] [--weeks 52] [--repeats 20]

Every order is one whose missed sessions are made up, so that all of the year counts. Starts a service of its own on 127.0.0.1 with
SQLite, and ends it. Prints a table for docs/benchmarks.md."""

import argparse
import datetime
import statistics
import time

from years import Service, generated, shifted

arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
arguments.add_argument("careweave", nargs="?", default="target/release/careweave")
arguments.add_argument("--weeks", type=int, default=52, choices=range(12, 105), metavar="12..104")
arguments.add_argument("--repeats", type=int, default=20, choices=range(1, 1001), metavar="1..1000")
asked = arguments.parse_args()


def prepare(service, name, sites):
    """A programme with a year of weeks that were published and attended, all at the hours of the first."""
    problem = generated(service.careweave, sites, 60, 1)
    service.call("/v1/programs", {"id": name, "name": name})
    service.call(f"/v1/programs/{name}/import", problem)
    for person in problem["participants"]:
        orders = [order | {"recurrence": {"from": problem["week_start"], "make_up": True}} for order in person["orders"]]
        service.call(f"/v1/programs/{name}/participants/{person['id']}", {"orders": orders}, "PATCH")
    first = datetime.date.fromisoformat(problem["week_start"])
    week = f"/v1/programs/{name}/weeks/"
    service.call(f"{week}{first}/solve", {"options": {"rounds": 20}}, wait=300)
    calendar = service.call(f"{week}{first}")["draft"]
    for k in range(asked.weeks):
        date = first + datetime.timedelta(weeks=k)
        draft = {"sessions": [shifted(session, k) for session in calendar["sessions"]]}
        check = service.call(f"{week}{date}/draft", draft, "PUT")
        # What a dated commitment of this week forbids is left out.
        broken = {s for v in check["violations"] for s in v.get("sessions", [])}
        if broken:
            draft["sessions"] = [s for s in draft["sessions"] if s["id"] not in broken]
            service.call(f"{week}{date}/draft", draft, "PUT")
        published = service.call(f"{week}{date}/publish", method="POST")
        assert published["version"] == 1
        notes = [{"session": s["id"], "participant": p, "status": "no_show" if (n + k) % 5 == 0 else "attended"}
                 for n, s in enumerate(draft["sessions"]) for p in s["participants"]]
        service.call(f"{week}{date}/attendance", notes)
    return first + datetime.timedelta(weeks=asked.weeks)


def timed(service, path):
    times = []
    for _ in range(asked.repeats):
        begin = time.perf_counter()
        size = len(service.fetch(path))
        times.append((time.perf_counter() - begin) * 1000)
    return f"{statistics.median(times):.0f} ms, at most {max(times):.0f} ms ({size / 1024:.0f} KB)"


def row(*cells):
    print("| " + " | ".join(cells) + " |", flush=True)


print(f"Median of {asked.repeats} requests each.\n\n| what | printed | aim |\n|---|---|---|")
with Service(asked.careweave) as service:
    for sites, aim in ((1, "under 50 ms"), (6, "under 300 ms")):
        name = f"p{sites}"
        next_week = prepare(service, name, sites)
        row(f"the week's problem, {sites} × 60 participants, {asked.weeks} weeks before it",
            timed(service, f"/v1/programs/{name}/weeks/{next_week}"), aim)
        if sites == 1:
            since = next_week - datetime.timedelta(weeks=12)
            row("dose of 60 participants over 12 weeks",
                timed(service, f"/v1/programs/{name}/dose?from={since}&to={next_week}"), "under 100 ms")
