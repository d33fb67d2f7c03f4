#!/usr/bin/env python3
"""Counts solves per minute with 1 to 16 workers on one PostgreSQL, which it starts itself: benches/workers.py [--careweave PATH]

Each solve takes a fixed time on the clock (one second), however little of a core it gets. So what is counted is not the
search but what workers share: claiming, heartbeats, progress, calendars written. It grows with the workers as long as the
database and the queue do not hold them up, and is at most 60 a minute for each.
"""

import argparse
import glob
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

root = Path(__file__).resolve().parent.parent
options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
options.add_argument("--careweave", default=root / "target/release/careweave", type=Path)
options.add_argument("--workers", default="1,2,4,8,16", help="how many, one run each")
options.add_argument("--each", default=12, type=int, help="solves for each worker")
options.add_argument("--problem", default=root / "fixtures/evening.json", type=Path)
options = options.parse_args()
careweave = str(options.careweave.resolve())


def free_port():
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def database(folder):
    """A PostgreSQL that ends with this process, as the tests have it."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin")) or [os.path.dirname(path) for path in glob.glob("/usr/*bin/initdb")]
    if not found:
        sys.exit("PostgreSQL is not installed: scripts/setup.sh --lints does that.")
    port = free_port()
    script = [root / "src/store/testing.sh", found[-1], folder, str(port), str(os.getpid())]
    server = subprocess.Popen(["sh", *script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if server.stdout.readline().strip() != b"ready":
        sys.exit("PostgreSQL does not start.")
    return f"postgres://careweave@127.0.0.1:{port}/postgres"


def ask(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(at + path, data)) as answer:
        return answer.read().decode()


def ended():
    lines = re.findall(r'careweave_solves\{status="(\w+)"\} (\d+)', ask("/metrics"))
    counts = {status: int(count) for status, count in lines}
    if counts.get("failed"):
        sys.exit(f"{counts['failed']} solves have failed.")
    return counts.get("finished", 0)


def wait(until):
    while not until():
        time.sleep(0.05)


def answers():
    try:
        return bool(ask("/readyz"))
    except OSError:
        return False


running = []
with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
    os.chmod(folder, 0o755)
    data = Path(folder) / "database"
    data.mkdir()
    address = database(data)
    port = free_port()
    at = f"http://127.0.0.1:{port}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    serve = [careweave, "serve", "--listen", f"127.0.0.1:{port}", "--database", address, "--workers", "0", "--queue", "10000"]
    try:
        running.append(subprocess.Popen(serve, **quiet))
        wait(answers)
        problem = json.loads(options.problem.read_text())
        request = {"problem": problem, "options": {"seconds": 1}}
        print("| workers | solves a minute | of 60 for each |\n|---|---|---|")
        for count in map(int, options.workers.split(",")):
            worker = [careweave, "worker", "--database", address, "--workers", "1"]
            workers = [subprocess.Popen(worker, **quiet) for _ in range(count)]
            running += workers
            before = ended()
            # Each has begun to work, so that nobody's start is counted.
            for _ in range(count):
                ask("/v1/solves", request)
            wait(lambda: ended() == before + count)
            solves = options.each * count
            for _ in range(solves):
                ask("/v1/solves", request)
            begun, first = time.monotonic(), ended()
            wait(lambda: ended() == before + count + solves)
            minutes = (time.monotonic() - begun) / 60
            rate = (before + count + solves - first) / minutes
            print(f"| {count} | {rate:.0f} | {rate / count / 60:.0%} |", flush=True)
            for process in workers:
                process.terminate()
            for process in workers:
                process.wait()
    finally:
        for process in running:
            process.kill()
