#!/usr/bin/env python3
"""Networks of 1 to 50 sites: what a person costs when each site has the same seconds.

Usage:  benches/networks.py [--careweave BINARY] [--sites 1,2,5,10,20,50] [--per-site 80] [--each 12] [--picture FILE.svg] > table.md
Draws a network of each size, solves it for `--each` seconds a site with two threads, has the referee judge it, and prints
a table of Markdown; the picture is drawn where `matplotlib` is installed.
"""
import argparse, os, sys, tempfile

from common import ROOT, careweave, problem_file


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--careweave", default=os.path.join(ROOT, "target/release/careweave"))
    ap.add_argument("--sites", default="1,2,5,10,20,50")
    ap.add_argument("--per-site", type=int, default=80)
    ap.add_argument("--each", type=float, default=12, help="seconds a site")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--picture")
    a = ap.parse_args()
    print(f"`benches/networks.py {' '.join(sys.argv[1:])}`: drawn networks of sites with {a.per_site} people, {a.each:g} seconds a site, two threads, seed {a.seed}.\n")
    print("| sites | people | seconds | objective | a person | proven bound | a person | MB |\n|---|---|---|---|---|---|---|---|", flush=True)
    seen = []
    for sites in map(int, a.sites.split(",")):
        people = sites * a.per_site
        with tempfile.TemporaryDirectory() as folder:
            run = careweave(a.careweave, problem_file(a.careweave, f"drawn-{sites}-{a.per_site}-{a.seed}", folder), sites * a.each, a.seed, folder)
        seen.append((sites, run))
        print(f"| {sites} | {people:,} | {run['seconds']:.0f} | {run['objective']:,} | {run['objective'] // people:,} | {run['bound']:,} | {run['bound'] // people:,} "
              f"| {run['memory']} |", flush=True)
    if a.picture:
        import matplotlib
        matplotlib.use("svg")
        from matplotlib import pyplot
        matplotlib.rcParams["svg.hashsalt"] = "careweave"
        figure, ax = pyplot.subplots(figsize=(6, 3.6))
        for sites, run in seen:
            seconds, objective = zip(*run["curve"])
            ax.step([s / sites for s in seconds], [o / (sites * a.per_site) for o in objective], where="post", label=f"{sites} site{'s' * (sites > 1)}")
        ax.set(xlabel="seconds a site", ylabel="objective a person", yscale="log")
        ax.legend(fontsize="small")
        figure.tight_layout()
        figure.savefig(a.picture, metadata={"Date": None})


if __name__ == "__main__":
    main()
