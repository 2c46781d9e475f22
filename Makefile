# Two commands: `make run` and `make test`. Needs Python 3.11 and make, nothing else.
# docs/runbooks/run-and-test.md tells what each one does and how long it takes.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
VENV ?= .venv
BIN := $(VENV)/bin
ROOMS := portal procedures appointments reports
TEMPLATES := find templates $(ROOMS) -path '*templates/*.html'
export VENV

.DEFAULT_GOAL := help
.PHONY: help run test test-long bench-booking bench-broadcast storm check check-types check-django check-house lint format clean dev-tools

help:  ## Show the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile

run:  ## Install what is needed and run the portal here (PORT=8000, DATABASE_URL, REDIS_URL)
	@$(PYTHON) scripts/bootstrap.py requirements.txt
	@$(BIN)/python -m portal.launcher

test: dev-tools  ## Run everything on PostgreSQL and Redis, rooms and one journey on SQLite
	@$(BIN)/python scripts/run_tests.py

test-long: dev-tools  ## Run the tests that take minutes
	@$(BIN)/python scripts/run_tests.py --long

bench-booking: dev-tools  ## Measure bookings a second beside a bare view (OPTIONS=--smoke for seconds)
	@$(BIN)/python -m tests.load.bench_booking $(OPTIONS)

storm: dev-tools  ## Kill worker, broker and provider while messages go out (OPTIONS="--messages 5000 --strikes 12")
	@$(BIN)/python -m tests.faults.storm $(OPTIONS)

bench-broadcast: dev-tools  ## Measure a message to 51,000 people (OPTIONS="--recipients 5000")
	@$(BIN)/python -m tests.load.bench_broadcast $(OPTIONS)

check: dev-tools lint check-types check-django check-house  ## Run every static check

# Django's own checks want a database address; this one is a folder of their own, never the portal's data.
AS_TEST := env PORTAL_MODE=test PORTAL_VAR=$(CURDIR)/var/check DATABASE_URL= REDIS_URL=

check-types: dev-tools
	@$(AS_TEST) $(BIN)/mypy $$(find $(ROOMS) -path '*/actions/*.py' -o -name rules.py -o -name workflow.py -o -name queries.py)

# `check` includes the linear order of migrations (django-linear-migrations, dlm.E001 to E005).
check-django: dev-tools
	@$(AS_TEST) $(BIN)/python manage.py check --fail-level WARNING
	@$(AS_TEST) $(BIN)/python manage.py makemigrations --check --dry-run

check-house: dev-tools
	@$(BIN)/lint-imports
	@set -e; for check in .ci/check_*.py; do echo "$$check"; $(AS_TEST) $(BIN)/python $$check; done

lint: dev-tools  ## Check style of Python and templates
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(TEMPLATES) | xargs -r $(BIN)/djade --target-version 5.2 --check

format: dev-tools  ## Put Python and templates into shape
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .
	@$(TEMPLATES) | xargs -r $(BIN)/djade --target-version 5.2

dev-tools:
	@$(PYTHON) scripts/bootstrap.py requirements-dev.txt

clean:  ## Remove caches and the virtual environment; the data in var/ stays
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
