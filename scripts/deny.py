#!/usr/bin/env python3
"""Holds the dependencies to deny.toml: licences, sources, no wildcards; what `cargo deny check licenses bans sources` checks,
without having to build that tool, which takes longer than Careweave. With cargo-deny on the machine, `make deny` asks it too,
the advisories included."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

root = Path(__file__).resolve().parent.parent
rules = tomllib.loads((root / "deny.toml").read_text())
allowed = set(rules["licenses"]["allow"])
CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index"


def holds(expression):
    """Whether an SPDX expression can be met by allowed licences: OR binds less than AND, WITH most."""
    tokens = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))

    def either():
        met = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            met = both() or met
        return met

    def both():
        met = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            met = one() and met
        return met

    def one():
        token = tokens.pop(0)
        if token == "(":
            met = either()
            tokens.pop(0)
            return met
        if tokens and tokens[0] == "WITH":
            tokens.pop(0)
            return f"{token} WITH {tokens.pop(0)}" in allowed
        return token in allowed

    return either()


assert holds("MIT OR GPL-3.0") and not holds("GPL-3.0-only") and not holds("MIT AND GPL-3.0")
assert holds("(Apache-2.0 OR GPL-2.0) AND MIT") and holds("Apache-2.0 WITH LLVM-exception") and holds("MIT/Apache-2.0")

command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
packages = json.loads(subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE).stdout)["packages"]
faults = []
for package in packages:
    name = f"{package['name']} {package['version']}"
    if package["source"] not in (None, CRATES_IO):
        faults.append(f"{name} is from {package['source']}, which is no known source")
    if not package["license"] or not holds(package["license"]):
        faults.append(f"{name} has the licence {package['license']}, which deny.toml does not allow")
    if package["source"] is None:
        for of in package["dependencies"]:
            if of["req"] == "*" and not of.get("path"):
                faults.append(f"{name} takes any version of {of['name']}")
print("\n".join(faults) or f"{len(packages)} packages: licences, sources and versions are as deny.toml allows")
sys.exit(bool(faults))
