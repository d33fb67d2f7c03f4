# What a person runs is what CI runs. `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help setup build page pictures demo bench bench-service fuzz test test-page test-long referee lint deny

CAREWEAVE := target/release/careweave
DEMO := target/demo

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what the build and the tests need and this machine lacks
	@scripts/setup.sh --lints

build: ## the release binary, target/release/careweave
	@scripts/setup.sh
	cargo build --release

page: ## web/dist, the coordinator's page, of web/src; needs Node
	scripts/page.sh build

pictures: ## the pictures of the page in docs/images
	cargo build --quiet
	scripts/page.sh pictures

demo: build ## solve a week of two sites, show it, write it as iCalendar; in a terminal then open the page
	@mkdir -p $(DEMO)
	@echo "Two sites on the two sides of a time zone border, 48 participants: 30 seconds of search."
	$(CAREWEAVE) solve fixtures/two-sites.json --seconds 30 --threads 2 --out $(DEMO)/calendar.json
	$(CAREWEAVE) show $(DEMO)/calendar.json --site s1
	$(CAREWEAVE) export fixtures/two-sites.json $(DEMO)/calendar.json --format ics --out $(DEMO)/week.ics
	@echo
	@echo "The calendar is $(DEMO)/calendar.json, the same for any calendar program $(DEMO)/week.ics."
	@echo "Try next:"
	@echo "  $(CAREWEAVE) show $(DEMO)/calendar.json --clinician s1-t1"
	@echo "  $(CAREWEAVE) check fixtures/two-sites.json $(DEMO)/calendar.json"
	@echo "  $(CAREWEAVE) generate --per-site 12 --seed 5 | $(CAREWEAVE) solve - --seconds 10"
	@echo "  the walk with curl in README.md"
	@if [ -t 1 ]; then \
	    echo; \
	    echo "Now the page: open http://127.0.0.1:8080 in a browser and watch the week of the same two sites being solved."; \
	    echo "Ctrl-C ends it. It keeps what you do in $(DEMO)/careweave.db, and begins anew with the next make demo."; \
	    rm -f $(DEMO)/careweave.db*; \
	    $(CAREWEAVE) serve --demo --database sqlite://$(DEMO)/careweave.db; \
	else \
	    echo "The page, with the same programme at http://127.0.0.1:8080 while its week is solved:"; \
	    echo "  $(CAREWEAVE) serve --demo"; \
	fi

lint: ## formatting, clippy and the documentation, all without a warning
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet

deny: ## licences and sources of all dependencies; advisories too, where cargo-deny is installed
	@scripts/deny.py
	@if command -v cargo-deny >/dev/null; then cargo deny check; fi

test: setup lint deny ## the lints, the documentation and all tests but the long ones
	tests/readers/run.sh
	cargo test --workspace --quiet
	cd tests/judge && python3 -m unittest --quiet
	scripts/page.sh test

test-page: ## only the page's tests; needs Node and Chromium
	cargo build --quiet
	scripts/page.sh test

test-long: setup ## the tests that take minutes
	cargo test --workspace --quiet -- --ignored

bench: build ## time the kernels, then objective against seconds, networks and sub-models for docs/benchmarks.md
	cargo bench --bench kernels
	rm -rf target/criterion/*people target/criterion/*places*
	cargo bench --bench desk
	cargo build --release --package careweave-solver --example submodels
	@mkdir -p target/bench
	benches/desk.py > target/bench/desk.md && benches/paste.py desk < target/bench/desk.md
	benches/quality.py --picture docs/images/curves.svg > target/bench/quality.md && benches/paste.py quality < target/bench/quality.md
	@if [ -n "$$ITC" ]; then benches/quality.py --only itc > target/bench/timetables.md && benches/paste.py timetables < target/bench/timetables.md; fi
	benches/proofs.py > target/bench/proofs.md && benches/paste.py proofs < target/bench/proofs.md
	benches/threads.py > target/bench/threads.md && benches/paste.py threads < target/bench/threads.md
	benches/networks.py --picture docs/images/networks.svg > target/bench/networks.md && benches/paste.py networks < target/bench/networks.md
	target/release/examples/submodels fixtures/instances/i-1-48-3.json > target/bench/submodels.md && benches/paste.py submodels < target/bench/submodels.md
	benches/answers.py --only explain recommend > target/bench/remedies.md && benches/paste.py remedies < target/bench/remedies.md
	benches/answers.py --only whatif census > target/bench/answers.md && benches/paste.py answers < target/bench/answers.md
	benches/replans.py > target/bench/replans.md && benches/paste.py replans < target/bench/replans.md

bench-service: build ## time the service, its workers on one PostgreSQL, and feeds, webhooks and CalDAV, for docs/benchmarks.md
	@mkdir -p target/bench
	benches/service.sh > target/bench/service.md && benches/paste.py service < target/bench/service.md
	benches/workers.py > target/bench/workers.md && benches/paste.py workers < target/bench/workers.md
	benches/feeds.py > target/bench/feeds.md && benches/paste.py feeds < target/bench/feeds.md
	benches/weeks.py > target/bench/weeks.md && benches/paste.py weeks < target/bench/weeks.md
	benches/years.py --shifted default 20 --seed 1 2 > target/bench/years.md && benches/paste.py years < target/bench/years.md

fuzz: setup ## schemathesis over the whole OpenAPI document
	cargo build --quiet
	scripts/fuzz.sh

referee: setup ## solve every fixture and have the independent referee judge each calendar
	cargo build --quiet
	scripts/referee.sh
