#!/usr/bin/env python3
"""Drawn problems of three and four people: is the calendar proven optimal, and after how many seconds.

Usage:  benches/proofs.py [--careweave BINARY] [--people 3,4] [--seeds 1-20] [--seconds 30] > table.md
Two threads each; every calendar is judged by the referee. Prints a table of Markdown.
"""
import argparse, os, statistics, tempfile

from common import ROOT, careweave, problem_file


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--careweave", default=os.path.join(ROOT, "target/release/careweave"))
    ap.add_argument("--people", default="3,4")
    ap.add_argument("--seeds", default="1-20")
    ap.add_argument("--seconds", type=float, default=30)
    a = ap.parse_args()
    first, last = map(int, a.seeds.split("-"))
    print("| people | problems | proven optimal | seconds, median | most | left open (objective / bound) |\n|---|---|---|---|---|---|", flush=True)
    for people in map(int, a.people.split(",")):
        runs = {}
        for seed in range(first, last + 1):
            with tempfile.TemporaryDirectory() as folder:
                runs[seed] = careweave(a.careweave, problem_file(a.careweave, f"drawn-1-{people}-{seed}", folder), a.seconds, 1, folder)
        left = [f"seed {s}: {r['objective']:,} / {r['bound']:,}" for s, r in runs.items() if r["objective"] != r["bound"]]
        seconds = [r["seconds"] for r in runs.values()]
        print(f"| {people} | {len(runs)} | {len(runs) - len(left)} | {statistics.median(seconds):.1f} | {max(seconds):.1f} | {'; '.join(left)} |", flush=True)


if __name__ == "__main__":
    main()
