#!/usr/bin/env python3
"""What a second thread brings: the same seconds with one thread and with two, and when two have what one has at the end.

Usage:  benches/threads.py [--careweave BINARY] [--seeds 1,2,3] [--only NAME@SECONDS,…] > table.md
Every calendar is judged by the referee. Prints a table of Markdown; the machine needs two cores and nothing else to do.
"""
import argparse, os, statistics, tempfile

from common import ROOT, careweave, problem_file

CASES = "i-1-48-3@20,drawn-1-100-1@40,drawn-5-80-1@40"


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--careweave", default=os.path.join(ROOT, "target/release/careweave"))
    ap.add_argument("--seeds", default="1,2,3")
    ap.add_argument("--only", default=CASES, help="cases as NAME@SECONDS, separated by commas")
    a = ap.parse_args()
    seeds = [int(s) for s in a.seeds.split(",")]
    print("| problem | seconds | one thread | two threads | less | two have as much as one after |\n|---|---|---|---|---|---|", flush=True)
    for case in a.only.split(","):
        name, seconds = case.split("@")
        with tempfile.TemporaryDirectory() as folder:
            problem = problem_file(a.careweave, name, folder)
            one, two = ([careweave(a.careweave, problem, float(seconds), seed, folder, n) for seed in seeds] for n in (1, 2))
        first, second = (statistics.median_low(r["objective"] for r in runs) for runs in (one, two))
        # A run that never gets there counts as all of its seconds.
        soon = [next((s for s, o in r["curve"] if o <= first), float(seconds)) for r in two]
        print(f"| `{name}` | {seconds} | {first:,} | {second:,} | {100 * (1 - second / first):.0f} % | {statistics.median(soon):.0f} s |", flush=True)


if __name__ == "__main__":
    main()
