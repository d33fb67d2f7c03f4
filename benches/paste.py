#!/usr/bin/env python3
"""Puts what a benchmark printed into its place in docs/benchmarks.md: benches/paste.py SECTION < table.md

The place is what stands between the lines `<!-- SECTION -->` and `<!-- end -->`."""
import os, re, sys

PAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "docs/benchmarks.md")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    text, page = sys.stdin.read().strip(), open(PAGE).read()
    if not text:
        sys.exit("nothing was printed: the page stays as it is")
    pattern = re.compile(rf"(<!-- {re.escape(sys.argv[1])} -->\n).*?(<!-- end -->)", re.S)
    if not pattern.search(page):
        sys.exit(f"docs/benchmarks.md has no place for {sys.argv[1]}")
    open(PAGE, "w").write(pattern.sub(lambda m: f"{m[1]}\n{text}\n\n{m[2]}", page))
    print(text)


if __name__ == "__main__":
    main()
