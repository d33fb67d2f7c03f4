"""Reads a feed with `vobject`. Prints its events as JSON, instants in UTC. usage: feed_vobject.py SOURCE"""

import json
import sys

import vobject

import source

calendar = vobject.readOne(source.read(sys.argv[1]))
events = [
    {
        "uid": event.uid.value,
        "start": source.utc(event.dtstart.value),
        "end": source.utc(event.dtend.value),
        "status": event.status.value,
    }
    for event in calendar.contents.get("vevent", [])
]
json.dump({"events": events}, sys.stdout)
