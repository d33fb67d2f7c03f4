#!/bin/sh
# Runs an independent reader of this folder in an environment of its own, made on first use under target/: of Python, or of
# Node for those in `node/`.
# usage: tests/readers/run.sh READER.py ARGUMENT…
#        tests/readers/run.sh node/READER.cjs ARGUMENT…
#        tests/readers/run.sh                             makes both environments, before many tests want them at once
set -eu
here=$(cd "$(dirname "$0")" && pwd)

environment() { # FILE INSTALL: the folder of the environment that a file describes, which INSTALL makes
    home="$here/../../target/readers-$(cksum <"$1" | cut -d ' ' -f 1)"
    if [ ! -d "$home" ]; then
        # Made aside and renamed, the first wins: two tests may come here at once, and none may take it away from another.
        new="$home.$$"
        "$2" "$new"
        python3 -c 'import os, sys; os.rename(*sys.argv[1:])' "$new" "$home" 2>/dev/null || rm -rf "$new"
    fi
}
install_python() {
    python3 -m venv "$1"
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
}
install_node() {
    mkdir -p "$1"
    cp "$here/node/package.json" "$here/node/package-lock.json" "$1"
    npm ci --silent --no-audit --no-fund --prefix "$1"
}
python() { environment "$here/requirements.txt" install_python; }
node_modules() { environment "$here/node/package-lock.json" install_node; }

if [ $# = 0 ]; then
    python
    node_modules
    exit 0
fi
reader=$1
shift
case $reader in
node/*)
    node_modules
    NODE_PATH="$home/node_modules" exec node "$here/$reader" "$@"
    ;;
*)
    python
    exec "$home/bin/python" "$here/$reader" "$@"
    ;;
esac
