#!/usr/bin/env python3
"""How long answers take that somebody waits for, and how many there are, as a table.

    benches/answers.py [--careweave target/release/careweave] [--seconds 120] [--whatif 300] [--long 1800] [--cold 20] [--only PART...] [--skip PART...]

Parts: `explain` (all unmet orders of `crisis` and of five drawn tight weeks, and ten single orders), `recommend` (each unmet
order of a week of 48 people), `whatif` (twelve scenarios of a week of 48 on two threads; with `--long` compared again for so
many seconds, to see which verdicts that contradicts), `warm` (the same scenarios, from nothing and from the base's calendar),
`census` (the same week; with `--long` counted again). Times are those of the whole command, reading and compiling the problem
included; single answers inside a running service are timed by `cargo bench --bench desk`.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
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
    parser.add_argument("--long", help="for a second what-if and census, against which the first are held")
    parser.add_argument("--cold", default="20", help="for each solve of a scenario from nothing")
    parser.add_argument("--bases", nargs="*", default=["1", "2", "3"], help="seeds of the calendars that warm starts begin with")
    parser.add_argument("--cargo", nargs="*", default=[], help="flags of `cargo bench` for the warm starts, such as `--profile dev`")
    parts = {"explain": explain, "recommend": recommend, "whatif": whatif, "warm": warm, "census": census}
    parser.add_argument("--only", nargs="*", default=list(parts), choices=list(parts))
    parser.add_argument("--skip", nargs="*", default=[], choices=list(parts))
    args = parser.parse_args()
    print("| what | printed |\n|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(args, pathlib.Path(folder))
        for name, part in parts.items():
            if name in args.only and name not in args.skip:
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
    counts = [0, 0, 0]
    for name, problem in tight:
        calendar = desk.solved(problem)
        out, err, took = desk.run("explain", problem, calendar, "--seconds", desk.args.seconds, "--progress", "json")
        events = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
        unmet = json.loads(out)["unmet"]
        helped = [u for u in unmet if u["remedies"]]
        small = [u for u in helped if any(r["kind"] not in LARGE for r in u["remedies"])]
        counts = [all + some for all, some in zip(counts, (len(unmet), len(helped), len(small)))]
        first = f"the first after {events[0]['seconds']:.1f} s" if events else "none"
        yield f"remedies, {name}", f"{len(unmet)} unmet, {len(helped)} with remedies, {len(small)} with small ones; {first}, all after {took:.1f} s"
    unmet, helped, small = counts
    yield "remedies, all of these", f"{unmet} unmet, {helped} with remedies ({helped / unmet:.0%}), {small} with small ones"
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


def twelve(desk, problem):
    """Twelve scenarios of a week: more and fewer clinicians, rooms and people, smaller groups, a lower limit."""
    week = json.loads(problem.read_text())
    edits = [[{"copy": f"/clinicians/{c['id']}"}] for c in week["clinicians"][:4]]
    edits += [[{"copy": f"/rooms/{r['id']}"}] for r in week["rooms"][:2]] + [[{"remove": f"/rooms/{r['id']}"}] for r in week["rooms"][:2]]
    edits += [[{"copy": f"/participants/{p['id']}", "count": 2}] for p in week["participants"][:2]]
    edits += [[{"say": "all groups at most 8"}], [{"set": f"/clinicians/{week['clinicians'][0]['id']}/max_minutes_per_week", "to": 600}]]
    return desk.written("scenarios.json", {"scenarios": [{"id": f"s{k}", "edits": e} for k, e in enumerate(edits)]})


def compared(desk, problem, scenarios, seconds, seed):
    how = ["--total-seconds", seconds, "--seconds", "3600", "--threads", "2", "--seed", seed, "--progress", "none"]
    out, _, took = desk.run("whatif", problem, scenarios, *how)
    return json.loads(out), took


def whatif(desk):
    """Twelve scenarios, on two cores; with `--long`, what a longer run with another seed says of each verdict."""
    problem = desk.drawn("--per-site", "48", "--seed", "1")
    scenarios = twelve(desk, problem)
    short, took = compared(desk, problem, scenarios, desk.args.whatif, 1)
    verdicts = [s["verdict"] if "verdict" in s else {"kind": "errors", "effect": ""} for s in short["scenarios"]]
    kinds = [f"{v['kind']} {v['effect']}".strip() for v in verdicts]
    told = ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds)))
    yield "what-if, 48 people, 12 scenarios, 2 threads", f"{took:.0f} s; {told}"
    if not desk.args.long:
        return
    long, took = compared(desk, problem, scenarios, desk.args.long, 2)
    count = {"proven": [0, 0], "likely": [0, 0]}
    for verdict, before, after in zip(verdicts, short["scenarios"], long["scenarios"]):
        for kind, effect in claims(verdict):
            count[kind][0] += 1
            count[kind][1] += contradicted(kind, effect, (short["base"], before), (long["base"], after))
    told = ", ".join(f"{wrong} of {n} {kind} contradicted" for kind, (n, wrong) in count.items())
    yield f"the same for {took:.0f} s with another seed", told


def claims(verdict):
    """What a verdict claims; one that is proven by the edits may say beside it what is likely."""
    if verdict["kind"] in ("proven", "likely"):
        yield verdict["kind"], verdict["effect"]
    for effect in ("better", "worse"):
        if verdict["kind"] == "proven" and f"Likely {effect}" in verdict["text"]:
            yield "likely", effect


def contradicted(kind, effect, short, long):
    """Whether longer solves of (base, scenario) speak against a claim. What is proven is a claim about the best calendars
    there are: only what is proven otherwise contradicts it, or a calendar below a bound. What is likely is contradicted by
    the order of what the longer solves found."""
    base, scenario = long
    difference = scenario["objective"] - base["objective"]
    if kind == "likely":
        return difference >= 0 if effect == "better" else difference <= 0
    if any(after["objective"] < before["bound"] for before, after in zip(short, long)):
        return True
    worse, better = scenario["bound"] > base["objective"], base["bound"] > scenario["objective"]
    return {"better": worse, "not worse": worse, "worse": better, "not better": better, "same": worse or better}[effect]


def warm(desk):
    """How soon a warm start reaches what a cold solve of the scenario reaches."""
    problem = desk.drawn("--per-site", "48", "--seed", "1")
    bench = ["cargo", "bench", "--quiet", "--bench", "warm", *desk.args.cargo, "--", problem, twelve(desk, problem), desk.args.cold, *desk.args.bases]
    done = subprocess.run([str(arg) for arg in bench], check=True, capture_output=True, text=True, cwd=ROOT)
    print(done.stdout, file=sys.stderr)
    yield f"12 scenarios of 48 people from {len(desk.args.bases)} bases, until as good as {desk.args.cold} s from nothing", done.stdout.strip().splitlines()[-1]


def census(desk):
    """How many more can be taken; with `--long`, how many a longer count finds."""
    problem = desk.drawn("--per-site", "48", "--seed", "1")
    profiles = desk.written("profiles.json", {"service_level": {"minutes_share": 0.9, "minimum_share": 0.5}})
    for seconds in [desk.args.whatif] + ([desk.args.long] if desk.args.long else []):
        how = ["--total-seconds", seconds, "--seconds", "3600", "--threads", "2", "--progress", "none"]
        out, _, took = desk.run("census", problem, profiles, *how)
        told = json.loads(out)
        yield "census, 48 people", f"{took:.0f} s; {told['additional']} more, {len(told['tried'])} numbers tried"


if __name__ == "__main__":
    main()
