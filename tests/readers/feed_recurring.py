"""Reads a feed with `recurring-ical-events`. Prints its events as JSON, instants in UTC. usage: feed_recurring.py SOURCE"""

import json
import sys

import recurring_ical_events
from icalendar import Calendar

import source

calendar = Calendar.from_ical(source.read(sys.argv[1]))
events = [
    {
        "uid": str(event["UID"]),
        "start": source.utc(event["DTSTART"].dt),
        "end": source.utc(event["DTEND"].dt),
        "status": str(event["STATUS"]),
    }
    for event in recurring_ical_events.of(calendar).between((2020, 1, 1), (2040, 1, 1))
]
json.dump({"events": events}, sys.stdout)
