"""What the readers have in common: where a calendar comes from, and how instants are written."""

from datetime import timezone
from urllib.request import urlopen


def read(source):
    """A calendar, from a file or over HTTP."""
    if source.startswith("http"):
        with urlopen(source, timeout=30) as answer:
            return answer.read().decode("utf-8")
    with open(source, encoding="utf-8", newline="") as file:
        return file.read()


def utc(moment):
    """An instant, as all readers write it."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
