#!/bin/sh
# Installs what the build and the tests need and this machine lacks. Installs nothing that is there already.
#   cmake, a C++ compiler, libclang   HiGHS is built from source and bound by bindgen
#   python3 with venv, tzdata         the referee and the independent readers of the tests
#   postgresql                        the tests start one of their own
#   nodejs, chromium                  the page's tests walk through it
#   make                              the recipes of the Makefile
#   curl                              asks a service whether it is ready before schemathesis does
set -eu

missing=""
need() { # COMMAND PACKAGE
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need make make
need cmake cmake
need c++ g++
need python3 python3
libclang() {
    [ -n "${LIBCLANG_PATH:-}" ] && return 0
    # Not libclang-cpp, which chromium and postgresql may bring along: bindgen needs the library for C.
    for folder in /usr/lib/llvm-*/lib /usr/lib/*-linux-gnu /usr/lib64 /Library/Developer/CommandLineTools/usr/lib; do
        for file in "$folder"/libclang.so* "$folder"/libclang-[0-9]*.so* "$folder"/libclang.dylib; do
            [ -e "$file" ] && return 0
        done
    done
    return 1
}
libclang || missing="$missing libclang-dev"
python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || missing="$missing python3-venv"
python3 -c 'from zoneinfo import ZoneInfo; ZoneInfo("Australia/Lord_Howe")' >/dev/null 2>&1 \
    || missing="$missing tzdata"

if [ "${1:-}" = "--lints" ] && ! command -v initdb >/dev/null 2>&1 && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
    missing="$missing postgresql" # the tests start one of their own
fi

if [ "${1:-}" = "--lints" ]; then
    need curl curl
    command -v npm >/dev/null 2>&1 || missing="$missing nodejs npm"
    [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 \
        || missing="$missing chromium"
fi

if [ -n "$missing" ]; then
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "Careweave needs$missing. Install them with this system's package manager, then run this again." >&2
        exit 1
    fi
    as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            echo "Careweave needs$missing. Run as root: apt-get update && apt-get install$missing" >&2
            exit 1
        fi
        as_root="sudo"
    fi
    echo "Installing$missing …" >&2
    $as_root apt-get update -q
    # shellcheck disable=SC2086 # one word a package
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -qy --no-install-recommends $missing
fi

if ! command -v cargo >/dev/null 2>&1; then
    echo "Careweave needs Rust 1.90 or later: see https://rustup.rs, then run this again." >&2
    exit 1
fi
if [ "${1:-}" = "--lints" ]; then
    cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
    cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
fi
