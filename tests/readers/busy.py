"""Tells when somebody is busy, by an independent reader of recurrences: instants in UTC, times that touch made one.

usage: busy.py FILE.ics ZONE FROM TO: the owner's zone; the window, as instants."""

import json
import sys
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

file, zone, first, last = sys.argv[1:5]
zone = ZoneInfo(zone)
with open(file, "rb") as source:
    calendar = Calendar.from_ical(source.read())


def instant(value):
    """Days and floating times are of the owner's zone."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    return value.astimezone(timezone.utc)


window = [datetime.fromisoformat(at) for at in (first, last)]
busy = []
# Wider than the window, whose edges are cut here.
for event in recurring_ical_events.of(calendar).between(window[0] - timedelta(days=3), window[1] + timedelta(days=3)):
    if event.get("TRANSP") == "TRANSPARENT" or event.get("STATUS") == "CANCELLED":
        continue
    start, end = instant(event["DTSTART"].dt), instant(event["DTEND"].dt)
    start, end = max(start, window[0]), min(end, window[1])
    if start < end:
        busy.append([start, end])
merged = []
for start, end in sorted(busy):
    if merged and start <= merged[-1][1]:
        merged[-1][1] = max(merged[-1][1], end)
    else:
        merged.append([start, end])
written = [{"from": a.strftime("%Y-%m-%dT%H:%M:%SZ"), "to": b.strftime("%Y-%m-%dT%H:%M:%SZ")} for a, b in merged]
json.dump(written, sys.stdout)
