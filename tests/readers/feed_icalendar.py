"""Reads a feed with `icalendar`. Prints its events as JSON, instants in UTC. usage: feed_icalendar.py SOURCE"""

import json
import sys

from icalendar import Calendar

import source

calendar = Calendar.from_ical(source.read(sys.argv[1]))
zones = {str(zone["TZID"]): zone.to_tz() for zone in calendar.walk("VTIMEZONE")}


def instant(property):
    if "TZID" not in property.params:
        return source.utc(property.dt)
    # By the file's own VTIMEZONE, not by this machine's tables.
    return source.utc(property.dt.replace(tzinfo=None).replace(tzinfo=zones[property.params["TZID"]]))


events = [
    {
        "uid": str(event["UID"]),
        "start": instant(event["DTSTART"]),
        "end": instant(event["DTEND"]),
        "status": str(event["STATUS"]),
    }
    for event in calendar.walk("VEVENT")
]
json.dump({"events": events}, sys.stdout)
