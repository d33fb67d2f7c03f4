#!/bin/sh
# The page. `build` makes web/dist of web/src; `test` checks its types, runs its unit tests and walks through it in
# Chromium. Needs Node 20.19 or later; nothing else of Careweave does, because web/dist is committed.
set -eu
cd "$(dirname "$0")/../web"

fits() { node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; }
if ! command -v npm >/dev/null 2>&1 || ! fits; then
    echo "The page needs Node 20.19 or later with npm: see https://nodejs.org." >&2
    [ "$1" = test ] || exit 1
    echo "Its tests are LEFT OUT on this machine." >&2
    exit 0
fi
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --silent
fi
npm run --silent types >/dev/null
case "$1" in
build) npm run --silent check && npm run --silent build ;;
test) npm run --silent check && npm test --silent && npm run --silent walk ;;
pictures) npm run --silent walk -- --pictures ../docs/images ;;
esac
