# Gongyu 共育. `make` shows what can be done; every command prepares what it needs.
#
#   PORT=8100 make run          another port             GONGYU_HOME=/srv/gongyu make run   another data folder
#   PYTHON=python3.12 make run  another interpreter      CHROMIUM=/opt/chrome make test     another browser

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test check format bench css screenshots lock

BIN := .venv/bin

help: ## show this list
	@echo "Gongyu 共育: make COMMAND"
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  \1|\2/' | \
		while IFS='|' read -r name says; do printf '%-15s %s\n' "$$name" "$$says"; done

run: ## start the product on the demo district, at http://127.0.0.1:8000 (PORT, GONGYU_HOME)
	@scripts/venv.sh runtime
	@nice -n 19 $(BIN)/python -c 'from gongyu.engines.matching import warm_up; warm_up()' >/dev/null 2>&1 &
	@exec $(BIN)/gongyu serve --demo

test: ## everything: checks, both databases, browser journeys (prepares a fresh machine)
	@scripts/test.sh

check: ## the fast part of test: style, types, layers, templates, migrations
	@scripts/venv.sh dev
	@scripts/check.sh

format: ## let ruff put the Python files in order
	@scripts/venv.sh dev
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

bench: ## measure what we promise; each part prints its figures as a last line of JSON
	@scripts/venv.sh dev
	@for part in $$(grep -l __main__ bench/*.py); do echo "== $$part"; $(BIN)/python "$$part"; done

css: ## build the look again, after a class or a script has changed (needs Node 18 or newer)
	@scripts/node_modules.sh
	@npm --prefix frontend run build

screenshots: ## pictures of every page, phone and desktop, into screenshots/ (needs Chromium)
	@scripts/venv.sh dev
	@scripts/packages.sh browser
	@$(BIN)/python scripts/screenshots.py $(ARGS)

lock: ## compile requirements/*.txt from pyproject.toml
	@scripts/venv.sh dev
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header pyproject.toml -o requirements/runtime.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --extra dev -c requirements/runtime.txt pyproject.toml -o requirements/dev.txt
