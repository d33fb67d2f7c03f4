#!/usr/bin/env python3
"""A table of what `cargo bench --bench desk` has timed: edits of a draft, and the places of orders.

    cargo bench --bench desk && benches/desk.py > desk.md

Reads what criterion left in `target/criterion`. Of edits it tells the mean and the slowest sample; of places, which were
timed order by order, the median and the 95th of 100 of the orders' means, and the slowest.
"""

import json
import pathlib
import statistics

TIMED = pathlib.Path(__file__).resolve().parent.parent / "target/criterion"
SIZES = ["48 people", "6 sites of 60"]
PLACES = ["free places", "places by moving others"]


def read(folder):
    """Criterion's name of a benchmark, its mean and its slowest sample, in milliseconds."""
    name = json.loads((folder / "benchmark.json").read_text())
    mean = json.loads((folder / "estimates.json").read_text())["mean"]["point_estimate"] / 1e6
    sample = json.loads((folder / "sample.json").read_text())
    slowest = max(time / runs for time, runs in zip(sample["times"], sample["iters"])) / 1e6
    return name["group_id"], name["function_id"], mean, slowest


def main():
    timed = [read(found.parent) for found in sorted(TIMED.glob("*/*/new/benchmark.json"))]
    print("| what | mean, ms | slowest sample, ms |\n|---|---|---|")
    for size in SIZES:
        for group, what, mean, slowest in timed:
            if group == size:
                print(f"| {what}, {size} | {mean:.2f} | {slowest:.2f} |")
    print("\n| what | orders | median, ms | 95 of 100 within, ms | slowest, ms |\n|---|---|---|---|---|")
    for kind in PLACES:
        means = sorted(mean for group, _, mean, _ in timed if group == kind)
        if means:
            most = means[max(0, -(-len(means) * 95 // 100) - 1)]
            print(f"| {kind}, 48 people | {len(means)} | {statistics.median(means):.1f} | {most:.1f} | {means[-1]:.1f} |")


if __name__ == "__main__":
    main()
