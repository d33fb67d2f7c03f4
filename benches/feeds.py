#!/usr/bin/env python3
"""Polls 4,000 calendar feeds in bursts of 500 while a solve runs, and times a publication until its feed shows it.

usage: benches/feeds.py [CAREWEAVE] [--bursts 6] [--pause 2] [--programmes 50] [--people 80]

Starts a service of its own on 127.0.0.1 with SQLite, and ends it. Client and service share the machine's cores: what is
measured is an upper limit of what the service takes. Each request has a connection of its own, as calendar programs have."""

import argparse
import asyncio
import collections
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.request import Request, urlopen

arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
arguments.add_argument("careweave", nargs="?", default="target/release/careweave")
arguments.add_argument("--bursts", type=int, default=6, choices=range(1, 101), metavar="1..100")
arguments.add_argument("--pause", type=float, default=2)
arguments.add_argument("--programmes", type=int, default=50, choices=range(1, 101), metavar="1..100")
arguments.add_argument("--people", type=int, default=80, choices=range(8, 101), metavar="8..100")
asked = arguments.parse_args()
careweave = Path(asked.careweave).resolve()


def call(path, body=None, method=None, wait=None):
    headers = {"Content-Type": "application/json"} | ({"Prefer": f"wait={wait}"} if wait else {})
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(at + path, data, headers, method=method or ("GET" if body is None else "POST")), timeout=120) as answer:
        return json.load(answer)


async def poll(address, etag):
    """One request; its status, its ETag and how long it took."""
    host, path = address
    begun = time.perf_counter()
    reader, writer = await asyncio.open_connection(*host)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: {etag}\r\nConnection: close\r\n\r\n".encode())
    answer = await asyncio.wait_for(reader.read(), 60)
    took = time.perf_counter() - begun
    writer.close()
    head = answer.split(b"\r\n\r\n", 1)[0].decode().split("\r\n")
    tags = [line.split(": ", 1)[1] for line in head if line.lower().startswith("etag: ")]
    return int(head[0].split()[1]), tags[0], took


async def burst(feeds):
    return await asyncio.gather(*(poll(feed["address"], feed["etag"]) for feed in feeds))


def told(what, times):
    times = sorted(times)
    at = lambda share: 1000 * times[min(len(times) - 1, int(share * len(times)))]
    print(f"{what}: {len(times)} requests, p50 {at(0.5):.1f} ms, p99 {at(0.99):.1f} ms, slowest {1000 * times[-1]:.1f} ms", flush=True)


with tempfile.TemporaryDirectory() as folder:
    problem = json.loads(subprocess.check_output([careweave, "generate", "--per-site", str(asked.people), "--seed", "3"]))
    serve = [careweave, "serve", "--listen", "127.0.0.1:0", "--database", f"sqlite://{folder}/careweave.db", "--workers", "1"]
    service = subprocess.Popen(serve, stderr=subprocess.PIPE, text=True)
    try:
        at = next(line for line in service.stderr if "listening on " in line).split("listening on ")[1].split()[0]
        # A log that nobody reads would hold the service up.
        threading.Thread(target=lambda: collections.deque(service.stderr, maxlen=0), daemon=True).start()
        host = ("127.0.0.1", int(at.rsplit(":", 1)[1]))
        week, calendar, feeds = problem["week_start"], None, []
        for k in range(asked.programmes):
            call("/v1/programs", {"id": f"p{k}", "name": f"p{k}"})
            call(f"/v1/programs/p{k}/import", problem)
            here = f"/v1/programs/p{k}/weeks/{week}"
            if calendar is None:
                call(f"{here}/solve", {"options": {"rounds": 200}}, wait=100)
                calendar = call(here)["draft"]
            else:
                call(f"{here}/draft", calendar, "PUT")
            call(f"{here}/publish", {})
            for person in problem["participants"]:
                made = call(f"/v1/programs/p{k}/feeds", {"participant": person["id"], "consent": True})
                feeds.append({"address": (host, "/feeds/" + made["url"].rsplit("/", 1)[1]), "etag": '""'})
        print(f"{len(feeds)} feeds of {asked.programmes} programmes", flush=True)

        # Each feed whole, once, a few at a time.
        times = []
        for first in range(0, len(feeds), 20):
            some = feeds[first : first + 20]
            for feed, (status, etag, took) in zip(some, asyncio.run(burst(some))):
                assert status == 200, status
                feed["etag"] = etag
                times.append(took)
        told("whole feeds, 20 at once", times)

        call(f"/v1/programs/p0/weeks/{week}/solve", {"options": {"seconds": 600, "threads": 1}})
        chance, times = random.Random(1), []
        for _ in range(asked.bursts):
            answers = asyncio.run(burst(chance.sample(feeds, min(500, len(feeds)))))
            assert all(status == 304 for status, _, _ in answers), {status for status, _, _ in answers}
            times += [took for _, _, took in answers]
            time.sleep(asked.pause)
        told("unchanged feeds in bursts of 500 while a solve runs", times)
        evenly = []
        for feed in chance.sample(feeds, min(100, len(feeds))):
            evenly += [took for _, _, took in asyncio.run(burst([feed]))]
            time.sleep(0.05)
        told("unchanged feeds one by one while a solve runs", evenly)

        last = asked.programmes - 1
        begun = time.perf_counter()
        call(f"/v1/programs/p{last}/weeks/{week}/publish", {})
        published = time.perf_counter() - begun
        of_last = feeds[-len(problem["participants"]) :]
        answers = asyncio.run(burst(of_last))
        assert all(status == 200 for status, _, _ in answers)
        print(f"a publication takes {1000 * published:.0f} ms; all {len(of_last)} feeds show it after {time.perf_counter() - begun:.2f} s")
    finally:
        service.terminate()
        service.wait(30)
        sys.stdout.flush()
