#!/usr/bin/env python3
"""How long answers take that somebody waits for, and how many there are, as a table.

    benches/answers.py [--careweave target/release/careweave] [--seconds 120] [--whatif 300] [--skip PART...]

Parts: `explain` (all unmet orders of `crisis` and of five drawn tight weeks, and ten single orders), `recommend` (each unmet
order of a week of 48 people), `whatif` (twelve scenarios of a week of 48 on two threads), `census` (the same week).
Times are those of the whole command, reading and compiling the problem included; single answers inside a running
service are timed by `cargo bench --bench kernels`.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# A remedy of these kinds is no small change.
LARGE = {"much-longer-shift", "new-group", "new-room", "new-clinician"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--careweave", default=str(ROOT / "target/release/careweave"))
    parser.add_argument("--seconds", default="120", help="for the remedies of a week")
    parser.add_argument("--whatif", default="300", help="for the what-if and the census")
    parser.add_argument("--skip", nargs="*", default=[])
    args = parser.parse_args()
    parts = {"explain": explain, "recommend": recommend, "whatif": whatif, "census": census}
    print("| what | printed |\n|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(args, pathlib.Path(folder))
        for name, part in parts.items():
            if name not in args.skip:
                for what, told in part(desk):
                    print(f"| {what} | {told} |", flush=True)


class Desk:
    """Where problems and calendars lie, and what runs the commands."""

    def __init__(self, args, folder):
        self.args, self.folder = args, folder

    def run(self, *args):
        """What a command prints on its two ways out, and how long it took."""
        begin = time.monotonic()
        done = subprocess.run([self.args.careweave, *map(str, args)], check=True, capture_output=True)
        return done.stdout, done.stderr.decode(), time.monotonic() - begin

    def drawn(self, *how):
        path = self.folder / ("-".join(how).replace("--", "") + ".json")
        path.write_bytes(self.run("generate", *how)[0])
        return path

    def solved(self, problem):
        calendar = self.folder / f"calendar-of-{problem.name}"
        if not calendar.exists():
            how = ["--rounds", "400", "--threads", "1", "--progress", "none", "--out", calendar]
            self.run("solve", problem, *how)
        return calendar

    def written(self, name, document):
        path = self.folder / name
        path.write_text(json.dumps(document))
        return path


def explain(desk):
    """Remedies of whole weeks, then of single orders."""
    tight = [("crisis", ROOT / "fixtures/crisis.json")]
    tight += [(f"`generate --per-site 48 --staff 70 --seed {seed}`", desk.drawn("--per-site", "48", "--staff", "70", "--seed", str(seed))) for seed in range(1, 6)]
    for name, problem in tight:
        calendar = desk.solved(problem)
        out, err, took = desk.run("explain", problem, calendar, "--seconds", desk.args.seconds, "--progress", "json")
        events = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
        unmet = json.loads(out)["unmet"]
        helped = [u for u in unmet if u["remedies"]]
        small = [u for u in helped if any(r["kind"] not in LARGE for r in u["remedies"])]
        first = f"the first after {events[0]['seconds']:.1f} s" if events else "none"
        yield f"remedies, {name}", f"{len(unmet)} unmet, {len(helped)} with remedies, {len(small)} with small ones; {first}, all after {took:.1f} s"
    problem = tight[0][1]
    calendar = desk.solved(problem)
    orders = [u["order"] for u in json.loads(desk.run("explain", problem, calendar, "--seconds", "0")[0])["unmet"]]
    firsts = []
    for order in orders[:10]:
        _, err, _ = desk.run("explain", problem, calendar, "--order", order, "--seconds", "10", "--progress", "json")
        events = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
        firsts += [events[0]["seconds"]] if events else []
    yield "first remedy of one order of crisis, the slowest of ten", f"{max(firsts):.2f} s ({len(firsts)} of {len(orders[:10])} have one)"


def recommend(desk):
    """Places of single orders, as a command."""
    problem = desk.drawn("--per-site", "48", "--seed", "1")
    calendar = desk.solved(problem)
    orders = [u["order"] for u in json.loads(desk.run("explain", problem, calendar, "--seconds", "0")[0])["unmet"]]
    begin = statistics.median(desk.run("check", problem, calendar)[2] for _ in range(5))
    times, moves = [], {0: 0, 1: 0, 2: 0}
    for order in orders:
        out, _, took = desk.run("recommend", problem, calendar, "--order", order)
        times.append(took - begin)
        for place in json.loads(out)["places"]:
            moves[len(place["moves"])] += 1
    if times:
        found = ", ".join(f"{n} that move {k}" for k, n in moves.items())
        yield "places of each unmet order, 48 people, less what `check` takes", f"{len(orders)} orders; median {statistics.median(times):.3f} s, most {max(times):.3f} s; {found}"


def whatif(desk):
    """Twelve scenarios, on two cores."""
    problem = desk.drawn("--per-site", "48", "--seed", "1")
    week = json.loads(problem.read_text())
    edits = [[{"copy": f"/clinicians/{c['id']}"}] for c in week["clinicians"][:4]]
    edits += [[{"copy": f"/rooms/{r['id']}"}] for r in week["rooms"][:2]] + [[{"remove": f"/rooms/{r['id']}"}] for r in week["rooms"][:2]]
    edits += [[{"copy": f"/participants/{p['id']}", "count": 2}] for p in week["participants"][:2]]
    edits += [[{"say": "all groups at most 8"}], [{"set": f"/clinicians/{week['clinicians'][0]['id']}/max_minutes_per_week", "to": 600}]]
    scenarios = desk.written("scenarios.json", {"scenarios": [{"id": f"s{k}", "edits": e} for k, e in enumerate(edits)]})
    out, _, took = desk.run("whatif", problem, scenarios, "--total-seconds", desk.args.whatif, "--threads", "2", "--progress", "none")
    verdicts = [s["verdict"]["kind"] if "verdict" in s else "errors" for s in json.loads(out)["scenarios"]]
    kinds = ", ".join(f"{verdicts.count(kind)} {kind}" for kind in sorted(set(verdicts)))
    yield "what-if, 48 people, 12 scenarios, 2 threads", f"{took:.0f} s; {kinds}"


def census(desk):
    """How many more can be taken."""
    problem = desk.drawn("--per-site", "48", "--seed", "1")
    profiles = desk.written("profiles.json", {"service_level": {"minutes_share": 0.9, "minimum_share": 0.5}})
    out, _, took = desk.run("census", problem, profiles, "--total-seconds", desk.args.whatif, "--threads", "2", "--progress", "none")
    told = json.loads(out)
    yield "census, 48 people", f"{took:.0f} s; {told['additional']} more, {len(told['tried'])} numbers tried"


if __name__ == "__main__":
    main()
