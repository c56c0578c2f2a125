# Everything a person types here. Each target sets up what it needs, once.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory -j2
.DEFAULT_GOAL := help

BIN := .venv/bin
READY := .venv/.ok node_modules/.ok
CHECKS := tests/unit tests/house
FRESH_FLAG := $(if $(filter-out 0 no false,$(FRESH)),--fresh)

# What Python compiles is kept, wherever a machine forbids that beside the sources: without it every
# process of a test run, and the program itself, begins with two to ten seconds of compiling.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/bytecode

.PHONY: help demo test check lint units bench audit messages format setup assets chromium

help: ## show this list
	@echo "Point of sale, booking and membership for a spa."
	@echo
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(READY) assets ## open the demo spa on http://127.0.0.1:8000 (FRESH=1 forgets the last one)
	@exec $(BIN)/spa-pos demo $(FRESH_FLAG)

test: $(READY) assets chromium ## run every test, then the browser tests, on two cores each
	@$(BIN)/pytest -q -m "not browser" -n 2 $(if $(filter-out 0 no false,$(CHECKED)),$(CHECKS:%=--ignore=%))
	@$(BIN)/pytest -q -m browser -n 2 --dist loadfile tests/browser

check: lint units ## format, lint, layers, types, templates, unit and house tests, in seconds

lint: $(READY) assets
	@$(BIN)/ruff format --check --quiet . || { echo "Run: make format" >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@told=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$told" >&2; exit 1; }
	@$(BIN)/mypy

units: $(READY) assets
	@$(BIN)/pytest -q $(CHECKS)

bench: $(READY) assets ## print how fast booking and the register are beside this machine's own limits (QUICK=1 for less of each)
	@$(BIN)/python tools/bench.py $(if $(filter-out 0 no false,$(QUICK)),--quick)

audit: $(READY) assets chromium tools/lighthouse/node_modules/.ok ## let Lighthouse score the pages of guests, 95 or more each
	@$(BIN)/python tools/audit.py

messages: .venv/.ok ## collect the words that guests read, and name what is not translated yet
	@$(BIN)/python tools/messages.py

format: .venv/.ok ## let ruff format the code and sort the imports
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --quiet --fix .

setup: $(READY) assets ## only install; the other targets do it by themselves

assets: $(READY)
	@$(BIN)/python tools/assets.py

chromium:
	@tools/ensure-chromium

.venv/.ok: pyproject.toml constraints.txt tools/install-packages
	@tools/ensure-venv
	@echo "Installing Python packages …"
	@tools/install-packages
	@touch $@

tools/lighthouse/node_modules/.ok: tools/lighthouse/package.json tools/lighthouse/package-lock.json
	@echo "Installing Lighthouse …"
	@npm ci --silent --prefix tools/lighthouse
	@touch $@

node_modules/.ok: package.json package-lock.json .npmrc
	@command -v npm > /dev/null || { echo "npm is missing: install Node 20 or later with npm." >&2; exit 1; }
	@echo "Installing browser packages …"
	@npm ci --silent
	@touch $@
