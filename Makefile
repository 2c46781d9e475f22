# Two commands: `make run` and `make test`. Needs Python 3.11 and make, nothing else.
# docs/runbooks/run-and-test.md tells what each one does and how long it takes.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
VENV ?= .venv
BIN := $(VENV)/bin
export VENV

.DEFAULT_GOAL := help
.PHONY: help run test test-long check lint format clean dev-tools

help:  ## Show the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile

run:  ## Install what is needed and run the portal here (PORT=8000, DATABASE_URL, REDIS_URL)
	@$(PYTHON) scripts/bootstrap.py requirements.txt
	@$(BIN)/python -m portal.launcher

test: dev-tools  ## Run everything on PostgreSQL and Redis, rooms and one journey on SQLite
	@$(BIN)/python scripts/run_tests.py

test-long: dev-tools  ## Run the tests that take minutes
	@$(BIN)/python scripts/run_tests.py --long

check: dev-tools lint  ## Run every static check
	@$(BIN)/python scripts/static_checks.py

lint: dev-tools  ## Check style of Python and templates
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: dev-tools  ## Put Python and templates into shape
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .
	@git ls-files 'templates/*.html' '*/templates/*.html' | xargs -r $(BIN)/djade --target-version 5.2

dev-tools:
	@$(PYTHON) scripts/bootstrap.py requirements-dev.txt

clean:  ## Remove caches and the virtual environment; the data in var/ stays
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
