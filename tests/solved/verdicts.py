"""Judges a file of cases, one a line: {"problem", "calendar"}. Prints the referee's verdict on each, one a line."""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "judge"))
import careweave_referee as referee  # noqa: E402

for line in open(sys.argv[1], encoding="utf-8"):
    case = json.loads(line)
    violations, penalties, missing = referee.judge(case["problem"], case["calendar"])
    print(json.dumps({
        "violations": [f"{v['rule']} {v['detail']}" for v in violations[:5]],
        "objective": sum(penalties.values()),
        "disagreements": referee.disagreements(case["calendar"], penalties, missing),
    }))
