#!/usr/bin/env python3
"""Publishes 50 programmes of 80 people at once, times until feeds, webhooks and CalDAV have it, then polls all feeds while a solve runs.

usage: benches/feeds.py [CAREWEAVE] [--bursts 10] [--programmes 50] [--people 80]

Starts a service of its own on 127.0.0.1 with SQLite, and ends it; webhooks and collections are a server in this process. All
share the machine's cores: what is measured is an upper limit of what the service takes. Each request has a connection of its own, as
calendar programs have. Prints a table for docs/benchmarks.md."""

import argparse
import asyncio
import collections
import json
import random
import select
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from urllib.request import Request, urlopen

arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
arguments.add_argument("careweave", nargs="?", default="target/release/careweave")
arguments.add_argument("--bursts", type=int, default=10, choices=range(1, 101), metavar="1..100")
arguments.add_argument("--programmes", type=int, default=50, choices=range(1, 101), metavar="1..100")
arguments.add_argument("--people", type=int, default=80, choices=range(8, 101), metavar="8..100")
asked = arguments.parse_args()
careweave = Path(asked.careweave).resolve()
BURST = 500


class Outside:
    """A server for webhooks and CalDAV collections: remembers when what arrived."""

    def __init__(self):
        self.told, self.events, self.last = {}, collections.defaultdict(set), collections.defaultdict(float)
        self.listening = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True).start()
        self.listening.wait()

    async def serve(self):
        server = await asyncio.start_server(self.answer, "127.0.0.1", 0, backlog=1000)
        self.address = "127.0.0.1:%d" % server.sockets[0].getsockname()[1]
        self.listening.set()
        await server.serve_forever()

    async def answer(self, reader, writer):
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            lengths = [line.split(":")[1] for line in head.lower().split("\r\n") if line.startswith("content-length:")]
            await reader.readexactly(int(lengths[0]) if lengths else 0)
            _, kind, of, *name = head.split()[1].split("/")
            if kind == "hook":
                self.told[of] = time.perf_counter()
            else:
                self.events[of].add(name[0])
                self.last[of] = time.perf_counter()
            writer.write(b'HTTP/1.1 201 Created\r\netag: "1"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
            await writer.drain()
        finally:
            writer.close()


def call(path, body=None, method=None, wait=None):
    headers = {"Content-Type": "application/json"} | ({"Prefer": f"wait={wait}"} if wait else {})
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(at + path, data, headers, method=method or ("GET" if body is None else "POST")), timeout=120) as answer:
        return json.load(answer)


def poll(feeds, within=0.0):
    """Asks for feeds, all of them begun within some seconds; gives (status, how long it took) of each, and remembers ETags."""
    waiting, done, events = {}, [], select.epoll()
    starts = [within * k / len(feeds) for k in range(len(feeds))]
    begun, todo = time.perf_counter(), list(zip(starts, feeds))[::-1]
    while todo or waiting:
        if todo and time.perf_counter() - begun >= todo[-1][0]:
            _, feed = todo.pop()
            since = time.perf_counter()
            connection = socket.create_connection(host)
            connection.sendall(f"GET {feed['path']} HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: {feed['etag']}\r\nConnection: close\r\n\r\n".encode())
            events.register(connection, select.EPOLLIN)
            waiting[connection.fileno()] = (connection, feed, since, bytearray())
        pause = 0 if todo and within == 0 else 0.001 if todo else 60
        for number, _ in events.poll(pause):
            connection, feed, since, text = waiting[number]
            part = connection.recv(1 << 16)
            text += part
            if part:
                continue
            took = time.perf_counter() - since
            head = bytes(text).split(b"\r\n\r\n", 1)[0].decode().split("\r\n")
            feed["etag"] = next(line.split(": ", 1)[1] for line in head if line.lower().startswith("etag: "))
            done.append((int(head[0].split()[1]), took, b"BEGIN:VEVENT" in text))
            events.unregister(connection)
            connection.close()
            del waiting[number]
    return done


def row(what, printed, aim=""):
    print(f"| {what} | {printed} | {aim} |", flush=True)


def told(what, times, aim):
    times = sorted(times)
    part = lambda share: 1000 * times[min(len(times) - 1, int(share * len(times)))]
    row(what, f"{len(times)} requests, p50 {part(0.5):.1f} ms, p99 {part(0.99):.1f} ms, slowest {1000 * times[-1]:.1f} ms", aim)


outside = Outside()
with tempfile.TemporaryDirectory() as folder:
    problem = json.loads(subprocess.check_output([careweave, "generate", "--per-site", str(asked.people), "--seed", "3"]))
    serve = [careweave, "serve", "--listen", "127.0.0.1:0", "--database", f"sqlite://{folder}/careweave.db", "--workers", "1"]
    service = subprocess.Popen([*serve, "--outbound-allow", outside.address], stderr=subprocess.PIPE, text=True)
    try:
        at = next(line for line in service.stderr if "listening on " in line).split("listening on ")[1].split()[0]
        # A log that nobody reads would hold the service up.
        threading.Thread(target=lambda: collections.deque(service.stderr, maxlen=0), daemon=True).start()
        host = ("127.0.0.1", int(at.rsplit(":", 1)[1]))
        week, calendar, feeds = problem["week_start"], None, []
        programmes = [f"p{k}" for k in range(asked.programmes)]
        for name in programmes:
            call("/v1/programs", {"id": name, "name": name})
            call(f"/v1/programs/{name}/import", problem)
            here = f"/v1/programs/{name}/weeks/{week}"
            if calendar is None:
                call(f"{here}/solve", {"options": {"rounds": 200}}, wait=100)
                calendar = call(here)["draft"]
            else:
                call(f"{here}/draft", calendar, "PUT")
            call(f"/v1/programs/{name}/webhooks", {"url": f"http://{outside.address}/hook/{name}", "events": ["week.published"]})
            dav = {"url": f"http://{outside.address}/dav/{name}/", "username": "careweave", "password": "secret"}
            call(f"/v1/programs/{name}/caldav", dav)
            for person in problem["participants"]:
                made = call(f"/v1/programs/{name}/feeds", {"participant": person["id"], "consent": True})
                feeds.append({"path": "/feeds/" + made["url"].rsplit("/", 1)[1], "etag": '""'})
        sessions = len(calendar["sessions"])
        served = {who for session in calendar["sessions"] for who in session["participants"]}
        print(f"{len(feeds)} feeds of {asked.programmes} programmes, {sessions} sessions each, {BURST} feeds in a burst.\n")
        print("| what | printed | aim |\n|---|---|---|")

        begun = time.perf_counter()
        for name in programmes:
            call(f"/v1/programs/{name}/weeks/{week}/publish", {})
        since = lambda times: f"{max(times) - begun:.1f} s"
        row(f"{asked.programmes} publications, one after the other", since([time.perf_counter()]))
        answers = []
        for first in range(0, len(feeds), 20):
            answers += poll(feeds[first : first + 20])
        assert all(status == 200 for status, _, _ in answers), {status for status, _, _ in answers}
        assert sum(shown for _, _, shown in answers) == len(served) * asked.programmes
        row("from the first of them until all feeds were read anew", since([time.perf_counter()]), "a minute")
        while len(outside.told) < asked.programmes or any(len(outside.events[name]) < sessions for name in programmes):
            assert time.perf_counter() - begun < 600, "it does not arrive"
            time.sleep(0.05)
        row("until all webhooks were told", since(outside.told.values()), "a minute")
        row(f"until all {sum(map(len, outside.events.values()))} events were in their CalDAV collections", since(outside.last.values()), "a minute")
        told("a whole feed, 20 at once, during that", [took for _, took, _ in answers], "")

        call(f"/v1/programs/p0/weeks/{week}/solve", {"options": {"seconds": 3600, "threads": 1}})
        chance = random.Random(1)
        for what, within in [("in bursts that begin within a second", 1.0), ("in bursts that begin at once", 0.0)]:
            times = []
            for _ in range(asked.bursts):
                answers = poll(chance.sample(feeds, min(BURST, len(feeds))), within)
                assert all(status == 304 for status, _, _ in answers), {status for status, _, _ in answers}
                times += [took for _, took, _ in answers]
                time.sleep(1)
            told(f"unchanged feeds {what}, while a solve runs", times, "p99 under 50 ms")
    finally:
        service.terminate()
        service.wait(30)
