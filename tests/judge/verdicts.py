"""Judges calendars with the referee, many in one process: reads a JSON object a line from standard input, {"problem"} or {"calendar"} (of the
problem last read), and prints {"rules", "details", "penalties", "missing"} for each calendar."""
import json
import re
import sys

from careweave_referee import judge

# The referee files these under the rule of the group or the order. problem.md has them in H1: "A session's service, and a group's site and
# modality, are those of its group or order".
IDENTITY = [("H11", re.compile(r" does not serve order ")), ("H13", re.compile(r" is not a meeting of "))]


def rule(violation):
    for name, text in IDENTITY:
        if violation["rule"] == name and text.search(violation["detail"]):
            return "H1"
    return violation["rule"]


def verdict(problem, calendar, judge=judge):
    bad, penalties, missing = judge(problem, calendar)
    return {"rules": sorted({rule(v) for v in bad}), "details": [v["rule"] + ": " + v["detail"] for v in bad[:20]], "penalties": penalties,
            "missing": sorted([p, o, n] for (p, o), n in missing.items())}


def main():
    problem = None
    for line in sys.stdin:
        case = json.loads(line)
        problem = case.get("problem", problem)
        if "calendar" in case:
            print(json.dumps(verdict(problem, case["calendar"])), flush=True)


if __name__ == "__main__":
    main()
