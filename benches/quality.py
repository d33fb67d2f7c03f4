#!/usr/bin/env python3
"""Objective against seconds, Careweave beside the whole-problem CP-SAT model in the same run.

Usage:  benches/quality.py [--careweave BINARY] [--seeds 1,2,3,4,5] [--only NAME@SECONDS,…] [--picture FILE.svg] > table.md
        ITC=DIR benches/quality.py --only itc      course timetables: DIR has convert.py and data/*.tim.gz
Prints tables of Markdown. Every calendar is judged by the referee. CP-SAT is run where the Python package `ortools` is
installed, the picture drawn where `matplotlib` is. Each solver has two threads and the machine for itself, one after the other.
"""
import argparse, glob, importlib.util, os, platform, statistics, subprocess, sys, tempfile

from common import ROOT, careweave, cpsat, problem_file

# Problem, seconds, and what is aimed at.
CASES = [("i-1-12-1", 30, None), ("i-1-24-2", 30, 23_800), ("i-1-24-2", 60, None), ("full-1-30-6", 60, None), ("drawn-1-12-1", 30, None),
         ("drawn-1-24-1", 60, None), ("drawn-1-30-1", 60, None), ("i-1-48-3", 2, 1_500_000), ("i-1-48-3", 10, 400_000), ("i-1-48-3", 30, 220_000),
         ("i-1-48-3", 60, 180_000), ("drawn-1-100-1", 2, None), ("drawn-1-100-1", 3, 3_000_000), ("drawn-1-100-1", 60, 330_000), ("i-6-48-4", 120, 2_000_000),
         ("drawn-6-60-1", 180, 1_836_000), ("drawn-50-80-1", 600, 30_800_000)]
BASELINE = {("i-1-12-1", 30), ("i-1-24-2", 60), ("full-1-30-6", 60), ("drawn-1-12-1", 30), ("drawn-1-24-1", 60), ("drawn-1-30-1", 60),
            ("i-1-48-3", 60)}
DRAWN = {("i-1-24-2", 60), ("i-1-48-3", 60)}


def table(a, seeds):
    beside = importlib.util.find_spec("ortools") is not None
    print("| problem | seconds | Careweave | least – most | aim | proven bound | MB | CP-SAT |\n|---|---|---|---|---|---|---|---|")
    wanted = [c for c in a.only.split(",") if c]
    curves = {}
    for name, seconds, aim in CASES:
        if wanted and f"{name}@{seconds}" not in wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            problem = problem_file(a.careweave, name, folder)
            runs = [careweave(a.careweave, problem, seconds, seed, folder) for seed in seeds]
            other = cpsat(problem, seconds) if beside and (name, seconds) in BASELINE else None
        objectives = [r["objective"] for r in runs]
        if (name, seconds) in DRAWN:
            curves[name] = ([r["curve"] for r in runs], other and other[1], max(r["bound"] for r in runs))
        number = lambda n, none: none if n is None else format(n, ",")
        print(f"| `{name}` | {seconds} | {statistics.median_low(objectives):,} | {min(objectives):,} – {max(objectives):,} | {number(aim, '')} "
              f"| {max(r['bound'] for r in runs):,} | {max(r['memory'] for r in runs)} | {number(other and other[0], 'none found' if other else 'not run')} |", flush=True)
    return curves


def picture(curves, path):
    import matplotlib
    matplotlib.use("svg")
    from matplotlib import pyplot
    matplotlib.rcParams["svg.hashsalt"] = "careweave"
    figure, axes = pyplot.subplots(1, len(curves), figsize=(5 * len(curves), 3.6), squeeze=False)
    for ax, (name, (ours, theirs, bound)) in zip(axes[0], curves.items()):
        for k, curve in enumerate(ours):
            ax.step(*zip(*curve), where="post", color="#0b6e6e", label="Careweave, a line each seed" if k == 0 else None)
        if theirs:
            ax.step(*zip(*theirs), where="post", color="#b45309", linestyle="--", label="CP-SAT, whole problem")
        ax.axhline(max(bound, 1), color="#555555", linestyle=":", label="proven bound")
        ax.set(title=name, xlabel="seconds", ylabel="objective", yscale="log")
        ax.legend(fontsize="small", loc="center right")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def timetables(a, seeds, folder_of_files):
    print("| file | last slot | seconds | students out, median | least – most | seconds used, median |\n|---|---|---|---|---|---|")
    zero = {}
    for path in sorted(glob.glob(os.path.join(folder_of_files, "data", "*.tim.gz"))):
        name = os.path.basename(path).removesuffix(".tim.gz")
        for slot in ["open", "closed"] if name.startswith("comp-2007") else ["open"]:
            seconds = 5 if name.startswith("competition") else 60
            with tempfile.TemporaryDirectory() as folder:
                problem = os.path.join(folder, "problem.json")
                with open(problem, "w") as out:
                    subprocess.run([sys.executable, os.path.join(folder_of_files, "convert.py"), path, "--last-slot", slot], check=True, stdout=out)
                runs = [careweave(a.careweave, problem, seconds, seed, folder) for seed in seeds]
            students = [r["objective"] // 60 for r in runs]
            zero[slot] = zero.get(slot, 0) + (statistics.median_low(students) == 0)
            print(f"| {name} | {slot} | {seconds} | {statistics.median_low(students)} | {min(students)} – {max(students)} "
                  f"| {statistics.median(r['seconds'] for r in runs):.1f} |", flush=True)
    print("\nWith nobody out: " + ", ".join(f"{n} with the last slot {slot}" for slot, n in zero.items()) + ".")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--careweave", default=os.path.join(ROOT, "target/release/careweave"))
    ap.add_argument("--seeds", default="1,2,3,4,5")
    ap.add_argument("--only", default="", help="cases as NAME@SECONDS, separated by commas, or itc; all without it")
    ap.add_argument("--picture", help="where the curves of some cases are drawn")
    a = ap.parse_args()
    seeds = [int(s) for s in a.seeds.split(",")]
    if a.only != "itc":
        print(f"`benches/quality.py {' '.join(sys.argv[1:])}`: two threads on {os.cpu_count()} cores ({platform.machine()}), objective as the referee computes "
              f"it, the median of seeds {a.seeds}; lower is better. CP-SAT is the whole-problem model of `benches/baseline/`, once, with two workers "
              "and the same seconds.\n")
        curves = table(a, seeds)
        if a.picture and curves:
            picture(curves, a.picture)
    if a.only == "itc":
        if not os.environ.get("ITC"):
            sys.exit("ITC=DIR says where the timetables are")
        print(f"`ITC=DIR benches/quality.py --only itc --seeds {a.seeds}`: university timetables of the competitions of 2002 and 2007; each calendar judged by the referee.\n")
        timetables(a, seeds, os.environ["ITC"])


if __name__ == "__main__":
    main()
