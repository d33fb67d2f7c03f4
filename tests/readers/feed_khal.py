"""Subscribes to a feed with `vdirsyncer` and reads it with `khal`. Prints its events as JSON, instants in UTC.

usage: feed_khal.py URL FIRST DAYS: the first day that is looked at, and how many."""

import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import source

url, first, days = sys.argv[1:4]
with tempfile.TemporaryDirectory() as folder:
    home = Path(folder)
    (home / "vdirsyncer.conf").write_text(
        f"""[general]
status_path = "{home}/status"
[pair feed]
a = "here"
b = "there"
collections = null
[storage here]
type = "filesystem"
path = "{home}/feed"
fileext = ".ics"
[storage there]
type = "http"
url = "{url}"
"""
    )
    (home / "khal.conf").write_text(
        f"""[calendars]
[[feed]]
path = {home}/feed
readonly = True
[sqlite]
path = {home}/khal.db
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = UTC
default_timezone = UTC
"""
    )
    (home / "feed").mkdir()
    settings = {**os.environ, "HOME": folder, "XDG_CACHE_HOME": folder, "LC_ALL": "C.UTF-8"}

    def run(program, *arguments, **more):
        command = [sys.executable, "-m", program, *arguments]
        done = subprocess.run(command, env=settings, capture_output=True, text=True, **more)
        if done.returncode:
            sys.exit(f"{program}: {done.stderr}")
        return done

    sync = ("-c", home / "vdirsyncer.conf")
    run("vdirsyncer", *sync, "discover", input="y\n")
    run("vdirsyncer", *sync, "sync")
    fields = ["uid", "start-long-full", "end-long-full", "status"]
    asked = [argument for field in fields for argument in ("--json", field)]
    listed = run("khal", "-c", home / "khal.conf", "list", "--once", *asked, first, f"{days}d")

events = {}
for line in listed.stdout.splitlines():
    for event in json.loads(line):

        def instant(text):
            return source.utc(datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo("UTC")))

        events[event["uid"]] = {
            "uid": event["uid"],
            "start": instant(event["start-long-full"]),
            "end": instant(event["end-long-full"]),
            "status": event["status"].strip() or "CONFIRMED",
        }
json.dump({"events": list(events.values())}, sys.stdout)
