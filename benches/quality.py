#!/usr/bin/env python3
"""Objective against seconds, Careweave beside the whole-problem CP-SAT model in the same run.

Usage:  benches/quality.py [--careweave BINARY] [--seconds-factor F] [--seeds 1,2,3] [--only NAME@SECONDS,…] > docs/benchmarks.md
Prints a Markdown document. Every calendar is judged by the referee. CP-SAT is run where the Python package `ortools`
is installed; each solver has two threads and the machine for itself, one after the other.
"""
import argparse, importlib.util, json, os, platform, statistics, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
# Those called drawn-SITES-PEOPLE-SEED are made by `careweave generate`.
CASES = [("i-1-12-1", 30), ("i-1-24-2", 30), ("i-1-24-2", 60), ("full-1-30-6", 60), ("i-1-48-3", 2), ("i-1-48-3", 10), ("i-1-48-3", 30),
         ("i-1-48-3", 60), ("drawn-1-100-1", 3), ("drawn-1-100-1", 60), ("i-6-48-4", 120), ("drawn-6-60-1", 180), ("drawn-50-80-1", 600)]
BASELINE = {("i-1-12-1", 30), ("i-1-24-2", 60), ("full-1-30-6", 60), ("i-1-48-3", 60)}


def careweave(binary, problem, seconds, seed, folder):
    out = os.path.join(folder, "calendar.json")
    subprocess.run([binary, "solve", problem, "--seconds", str(seconds), "--threads", "2", "--seed", str(seed), "--out", out],
                   check=True, stderr=subprocess.DEVNULL)
    judge = subprocess.run([sys.executable, os.path.join(ROOT, "tests/judge/careweave_referee.py"), problem, out], capture_output=True, text=True)
    if judge.returncode:
        sys.exit(f"the referee rejects {problem}, seed {seed}:\n{judge.stdout}")
    calendar = json.load(open(out))
    return calendar["objective"], calendar["bound"], calendar["seconds"]


def cpsat(problem, seconds):
    run = subprocess.run([sys.executable, os.path.join(HERE, "baseline/cpsat_baseline.py"), problem, "--seconds", str(seconds), "--workers", "2"],
                         capture_output=True, text=True)
    last = json.loads(run.stdout.strip().splitlines()[-1])
    return last.get("objective")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--careweave", default=os.path.join(ROOT, "target/release/careweave"))
    ap.add_argument("--seconds-factor", type=float, default=1.0)
    ap.add_argument("--seeds", default="1,2,3")
    ap.add_argument("--only", default="", help="cases as NAME@SECONDS, separated by commas; all without it")
    a = ap.parse_args()
    seeds = [int(s) for s in a.seeds.split(",")]
    beside = importlib.util.find_spec("ortools") is not None
    print("# Benchmarks\n")
    print(f"Written by `benches/quality.py {' '.join(sys.argv[1:])}` (`make bench` runs all cases with three seeds). Two threads; objective as the referee computes it, the median of "
          f"seeds {a.seeds} with the least and the most; lower is better. CP-SAT is the whole-problem model of "
          "`benches/baseline/`, once, with two workers and the same seconds.\n")
    print(f"Machine: {os.cpu_count()} cores, {platform.machine()}. Binary: `{os.path.relpath(a.careweave, ROOT)}`.\n")
    print("| problem | seconds | Careweave | least – most | proven bound | CP-SAT |\n|---|---|---|---|---|---|")
    wanted = [c for c in a.only.split(",") if c]
    for name, seconds in CASES:
        if wanted and f"{name}@{seconds}" not in wanted:
            continue
        problem = os.path.join(ROOT, "fixtures/instances", name + ".json")
        seconds *= a.seconds_factor
        with tempfile.TemporaryDirectory() as folder:
            if name.startswith("drawn-"):
                problem = os.path.join(folder, "problem.json")
                _, sites, people, seed = name.split("-")
                with open(problem, "w") as out:
                    subprocess.run([a.careweave, "generate", "--sites", sites, "--per-site", people, "--seed", seed], check=True, stdout=out)
            runs = [careweave(a.careweave, problem, seconds, seed, folder) for seed in seeds]
        objectives = [r[0] for r in runs]
        other = cpsat(problem, seconds) if beside and (name, seconds / a.seconds_factor) in BASELINE else None
        print(f"| `{name}` | {seconds:g} | {statistics.median_low(objectives):,} | {min(objectives):,} – {max(objectives):,} "
              f"| {max(r[1] for r in runs):,} | {'not run' if other is None else format(other, ',')} |", flush=True)


if __name__ == "__main__":
    main()
