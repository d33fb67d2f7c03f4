#!/bin/sh
# Runs an independent reader of this folder in an environment of its own, made on first use under target/: of Python, or of
# Node for those in `node/`.
# usage: tests/readers/run.sh READER.py ARGUMENT…
#        tests/readers/run.sh node/READER.cjs ARGUMENT…
set -eu
here=$(cd "$(dirname "$0")" && pwd)
reader=$1
shift
case $reader in
node/*) wanted="$here/node/package-lock.json" ;;
*) wanted="$here/requirements.txt" ;;
esac
home="$here/../../target/readers-$(cksum <"$wanted" | cut -d ' ' -f 1)"
if [ ! -d "$home" ]; then
    # Made aside and renamed, the first wins: two tests may come here at once, and none may take it away from another.
    new="$home.$$"
    case $reader in
    node/*)
        mkdir -p "$new"
        cp "$here/node/package.json" "$here/node/package-lock.json" "$new"
        npm ci --silent --no-audit --no-fund --prefix "$new"
        ;;
    *)
        python3 -m venv "$new"
        "$new/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
        ;;
    esac
    python3 -c 'import os, sys; os.rename(*sys.argv[1:])' "$new" "$home" 2>/dev/null || rm -rf "$new"
fi
case $reader in
node/*) NODE_PATH="$home/node_modules" exec node "$here/$reader" "$@" ;;
*) exec "$home/bin/python" "$here/$reader" "$@" ;;
esac
