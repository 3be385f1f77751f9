# `make` alone lists the targets. Each one first makes sure that .venv has what it needs,
# so a fresh clone needs only Python 3.11 or newer and make.

PYTHON ?= python3
BIN := .venv/bin
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help demo run test test-full screenshots lint format bench bench-scale migrations-check lock release-database audit clean runtime dev test-programs

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: runtime ## Start a complete demo: made-up team, simulated Zoom, Google, Microsoft and mailbox
	@exec $(BIN)/python -m demo

run: runtime ## Start the server with the settings of the environment and .env
	@exec $(BIN)/gunicorn -c gunicorn.conf.py "app:create_app()"

test: dev test-programs ## Run every test, on PostgreSQL too where it matters (ONLY="path or option" narrows it)
	@exec $(BIN)/python tools/run_tests.py $(ONLY)

test-full: dev test-programs ## Run every test on both databases, with races, kills and random sequences at full counts
	@exec $(BIN)/python tools/run_tests.py --full $(ONLY)

screenshots: dev test-programs ## Take the pictures of the guides again, after a page that they show has changed
	@$(BIN)/python -m pytest -q tests/browser/test_pictures.py --screenshots

lint: dev ## Check style and types
	@status=0; \
	$(BIN)/ruff check . || status=1; \
	$(BIN)/ruff format --check . || status=1; \
	$(BIN)/mypy . || status=1; \
	exit $$status

format: dev ## Format the code and sort its imports
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: dev ## Measure pages, scheduling 500 interviews, the dialog, lists of 100 000 rows, polls, first visits, 10 000 reminders and full calendars against their bare minimum
	@$(BIN)/python -m bench.pages
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.steps
	@$(BIN)/python -m bench.lists
	@$(BIN)/python -m bench.polls
	@$(BIN)/python -m bench.paint
	@$(BIN)/python -m bench.reminders
	@$(BIN)/python -m bench.calendar

bench-scale: dev ## Measure what a second and a third server on one PostgreSQL bring, and where uploaded files are kept
	@$(BIN)/python -m bench.scale
	@$(BIN)/python -m bench.uploads

migrations-check: dev ## Check that the migrations lead to exactly the models
	@sh tools/migrations_check.sh

lock: dev ## Write the lock files: every package with its version and the hashes of its files
	@sh tools/lock.sh

release-database: dev ## Keep a database of the version that is being released, which later ones bring up to date
	@$(BIN)/python -m tests.releases

audit: dev ## Compare the locked packages with the known vulnerabilities
	@$(BIN)/python tools/audit.py

clean: ## Remove .venv, caches and test results; never an installation's data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

runtime:
	@sh tools/bootstrap.sh requirements.txt

dev:
	@sh tools/bootstrap.sh requirements-dev.txt

test-programs:
	@sh tools/test_programs.sh
