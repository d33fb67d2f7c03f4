#!/usr/bin/env python3
"""Draws one site's week as SVG: a row for each clinician, a column for each day, a box for each session.

Usage:  scripts/picture.py PROBLEM.json CALENDAR.json SITE > week.svg
"""
import json
import sys
from datetime import date, datetime, timedelta
from html import escape

COLOURS = {
    "group_therapy": ("Process group", "#4c78a8"), "psychoeducation": ("Psychoeducation", "#72b7b2"),
    "skills_building": ("Skills", "#54a24b"), "individual_therapy": ("Individual", "#f58518"),
    "family_therapy": ("Family", "#e45756"), "case_management": ("Case management", "#b279a2"),
    "medication_management": ("Medication", "#9d755d"), "assessment": ("Assessment", "#eeca3b"),
    "progress_review": ("Review", "#bab0ac"),
}
OPEN, CLOSE, LEFT, TOP, DAY, ROW = 8 * 60, 21 * 60, 128, 34, 168, 34


def main(problem_path, calendar_path, site):
    problem, calendar = (json.load(open(path, encoding="utf-8")) for path in (problem_path, calendar_path))
    kind = {s["id"]: s["kind"] for s in problem["services"]}
    sessions = [s for s in calendar["sessions"] if s["site"] == site]
    given = {c for s in sessions for c in s["clinicians"]}
    staff = [c for c in problem["clinicians"] if c["id"] in given]
    row = {c["id"]: k for k, c in enumerate(staff)}
    first = date.fromisoformat(problem["week_start"])
    days = [first + timedelta(days=k) for k in range(5)]
    width, height = LEFT + DAY * len(days) + 8, TOP + ROW * len(staff) + 34
    at = lambda minute: (minute - OPEN) * (DAY - 8) / (CLOSE - OPEN)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">',
           f'<rect width="{width}" height="{height}" fill="#fff"/>']
    for k, day in enumerate(days):
        x = LEFT + DAY * k
        out.append(f'<text x="{x}" y="14" font-weight="bold">{day:%a %d %b}</text>')
        for hour in (9, 12, 15, 18, 21):
            px = x + at(hour * 60)
            out.append(f'<text x="{px:.1f}" y="27" fill="#777" font-size="8" text-anchor="middle">{hour}</text>'
                       f'<line x1="{px:.1f}" y1="30" x2="{px:.1f}" y2="{TOP + ROW * len(staff)}" stroke="#eee"/>')
    for c in staff:
        y = TOP + ROW * row[c["id"]]
        out.append(f'<text x="4" y="{y + 15}">{escape(c["name"])}</text>'
                   f'<text x="4" y="{y + 27}" fill="#777" font-size="9">{escape(", ".join(c.get("credentials", [])))}</text>'
                   f'<line x1="0" y1="{y}" x2="{width}" y2="{y}" stroke="#ddd"/>')
    used = set()
    for s in sessions:
        start, end = (datetime.fromisoformat(s[key]) for key in ("start", "end"))
        if start.date() not in days:
            continue
        name, colour = COLOURS[kind[s["service"]]]
        used.add((name, colour))
        x = LEFT + DAY * days.index(start.date()) + at(start.hour * 60 + start.minute)
        wide = (end - start).total_seconds() / 60 * (DAY - 8) / (CLOSE - OPEN) - 0.8
        for c in s["clinicians"]:
            y = TOP + ROW * row[c] + 4
            out.append(f'<rect x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{ROW - 8}" rx="2" fill="{colour}">'
                       f'<title>{escape(s["id"])}, {start:%H:%M}–{end:%H:%M}, {len(s["participants"])} people</title></rect>')
            if s.get("group"):
                out.append(f'<text x="{x + wide / 2:.1f}" y="{y + 17}" fill="#fff" font-size="9" text-anchor="middle">{len(s["participants"])}</text>')
    x, y = 4, height - 12
    for name, colour in sorted(used):
        out.append(f'<rect x="{x}" y="{y - 9}" width="10" height="10" fill="{colour}"/><text x="{x + 14}" y="{y}">{name}</text>')
        x += 24 + 6.2 * len(name) + 8
    print("\n".join(out + ["</svg>"]))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
