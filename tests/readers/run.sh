#!/bin/sh
# Runs an independent reader of this folder in a Python environment of its own, made on first use under target/.
# usage: tests/readers/run.sh READER.py ARGUMENT…
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home="$here/../../target/readers"
if ! cmp -s "$here/requirements.txt" "$home/requirements.txt"; then
    # Made aside and renamed: two tests may come here at once.
    new="$home.$$"
    python3 -m venv "$new"
    "$new/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$new/requirements.txt"
    rm -rf "$home"
    mv "$new" "$home" 2>/dev/null || rm -rf "$new"
fi
reader=$1
shift
exec "$home/bin/python" "$here/$reader" "$@"
