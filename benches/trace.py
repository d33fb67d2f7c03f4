#!/usr/bin/env python3
"""What carried which gain: sums a trace that `careweave solve --trace FILE` wrote, by neighbourhood.

Usage:  benches/trace.py FILE > table.md
While it is hot much is given up and gained again; "cold" counts the tries after 60 % of the budget, and "of the best" what
a try took off the best calendar that its thread had seen.
"""
import collections, json, sys

COLD = 0.6


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    sums = collections.defaultdict(collections.Counter)
    best = {}
    last = 0.0
    for line in open(sys.argv[1]):
        t = json.loads(line)
        row = sums[t["neighbourhood"]]
        last = max(last, t["seconds"])
        row["tries"] += 1
        row["changes"] += t["size"]
        if not t["accepted"]:
            continue
        row["accepted"] += 1
        gain = t["before"] - t["after"]
        row["cold" if t["spent"] >= COLD else "hot"] += max(gain, 0)
        lowest = best.setdefault(t["thread"], t["before"])
        if t["after"] < lowest:
            best[t["thread"]] = t["after"]
            row["best"] += lowest - t["after"]
    tries = sum(r["tries"] for r in sums.values())
    print(f"{tries:,} tries in {last:.0f} s.\n")
    print("| neighbourhood | tries | changes each | accepted | gained, hot | gained, cold | of the best |\n|---|---|---|---|---|---|---|")
    for name, r in sorted(sums.items(), key=lambda s: -s[1]["best"]):
        print(f"| `{name}` | {r['tries']:,} | {r['changes'] / r['tries']:.0f} | {100 * r['accepted'] / r['tries']:.1f} % | {r['hot']:,} | {r['cold']:,} | {r['best']:,} |")


if __name__ == "__main__":
    main()
