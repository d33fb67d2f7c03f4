"""Reads an iCalendar file with an independent library and prints its events as JSON, instants in UTC."""

import json
import sys
from datetime import timezone

from icalendar import Calendar

with open(sys.argv[1], "rb") as file:
    calendar = Calendar.from_ical(file.read())


def wall_and_instant(property):
    if "TZID" not in property.params:
        # In UTC: the second of two times that the clock shows alike.
        return {"wall": None, "instant": property.dt.astimezone(timezone.utc).isoformat()}
    # The zone is resolved from the file's own VTIMEZONE, not from this machine's tables.
    zone = next(z for z in calendar.walk("VTIMEZONE") if z["TZID"] == property.params["TZID"])
    wall = property.dt.replace(tzinfo=None)
    local = wall.replace(tzinfo=zone.to_tz())
    return {"wall": wall.isoformat(), "instant": local.astimezone(timezone.utc).isoformat()}


events = [
    {
        "uid": str(event["UID"]),
        "summary": str(event["SUMMARY"]),
        "location": str(event["LOCATION"]),
        "sequence": int(event["SEQUENCE"]),
        "status": str(event.get("STATUS", "")),
        "stamped": event["DTSTAMP"].dt.isoformat(),
        "start": wall_and_instant(event["DTSTART"]),
        "end": wall_and_instant(event["DTEND"]),
        "properties": sorted(event.keys()),
    }
    for event in calendar.walk("VEVENT")
]
errors = [str(error) for component in calendar.walk() for error in component.errors]
json.dump({"events": events, "errors": errors}, sys.stdout)
