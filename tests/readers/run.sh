#!/bin/sh
# Runs an independent reader of this folder in a Python environment of its own, made on first use under target/.
# usage: tests/readers/run.sh READER.py ARGUMENT…
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home="$here/../../target/readers-$(cksum <"$here/requirements.txt" | cut -d ' ' -f 1)"
if [ ! -d "$home" ]; then
    # Made aside and renamed, the first wins: two tests may come here at once, and none may take it away from another.
    new="$home.$$"
    python3 -m venv "$new"
    "$new/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    python3 -c 'import os, sys; os.rename(*sys.argv[1:])' "$new" "$home" 2>/dev/null || rm -rf "$new"
fi
reader=$1
shift
exec "$home/bin/python" "$here/$reader" "$@"
