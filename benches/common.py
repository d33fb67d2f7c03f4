"""What the benchmarks share: problems by name, one solve judged by the referee, one run of CP-SAT."""
import json, os, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
REFEREE = os.path.join(ROOT, "tests/judge/careweave_referee.py")


def problem_file(binary, name, folder):
    """The file of a problem: one of `fixtures/instances`, or `drawn-SITES-PEOPLE-SEED`, which `careweave generate` makes."""
    if not name.startswith("drawn-"):
        return os.path.join(ROOT, "fixtures/instances", name + ".json")
    path = os.path.join(folder, name + ".json")
    _, sites, people, seed = name.split("-")
    with open(path, "w") as out:
        subprocess.run([binary, "generate", "--sites", sites, "--per-site", people, "--seed", seed], check=True, stdout=out)
    return path


def careweave(binary, problem, seconds, seed, folder, threads=2):
    """One solve. Returns the calendar's objective (the referee's), bound and seconds, the curve of
    (seconds, objective) while it ran, and the most memory in MB."""
    out = os.path.join(folder, "calendar.json")
    command = [binary, "solve", problem, "--seconds", f"{seconds:g}", "--threads", str(threads), "--seed", str(seed), "--progress", "json", "--out", out]
    with tempfile.TemporaryFile("w+") as told:
        run = subprocess.Popen(command, stderr=told, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(run.pid, 0)
        if status:
            told.seek(0)
            sys.exit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}:\n{told.read()[-2000:]}")
        told.seek(0)
        events = [json.loads(line) for line in told if line.startswith("{")]
    judge = subprocess.run([sys.executable, REFEREE, problem, out], capture_output=True, text=True)
    if judge.returncode:
        sys.exit(f"the referee rejects {problem}, seed {seed}:\n{judge.stdout}")
    calendar = json.load(open(out))
    curve = [(e["seconds"], e["objective"]) for e in events if e.get("objective") is not None and "seconds" in e]
    return {"objective": calendar["objective"], "bound": calendar["bound"], "seconds": calendar["seconds"], "curve": curve,
            "memory": usage.ru_maxrss // 1024}


def cpsat(problem, seconds):
    """The whole-problem model of `baseline/`, two workers: its last objective (None where it has none) and the curve."""
    run = subprocess.run([sys.executable, os.path.join(HERE, "baseline/cpsat_baseline.py"), problem, "--seconds", f"{seconds:g}", "--workers", "2"],
                         capture_output=True, text=True)
    lines = run.stdout.strip().splitlines()
    curve = [(float(a), float(b)) for a, b, *_ in (line.split() for line in lines[:-1])]
    return json.loads(lines[-1]).get("objective"), curve
