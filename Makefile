# demo (VERTICAL=service|saas|local|ecommerce|all; SERVE=1: stays up, to be tried in a browser; ODOO=1: on a real
# Odoo too) · check (static, 20 s) · test · test-odoo (a real Odoo) · bench · chaos.
# test-web: every page of every template in a real Chromium (MILLWRIGHT_NIGHTLY=1: Lighthouse on every page).
# chaos: bots are killed and GitHub fails, nothing is lost, nothing happens twice (SEED=… for one seen before).
# drill: a plan per vertical fails at every operation, in every way; nothing is left (VERTICAL=… for one of them).
# test-long: each property on 10,000 examples (MILLWRIGHT_EXAMPLES=100000 for more).
# Each makes its own environment: Python 3.11+, git and make are enough.
PYTHON ?= python3
BIN    := .venv/bin
READY  := .venv/.ready
OURS   := bot executors tests

.PHONY: demo check test test-long test-odoo test-web bench chaos drill format clean

$(READY): pyproject.toml .github/constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check -c .github/constraints.txt -e '.[dev]'
	@touch $(READY)

demo: $(READY)
	@$(if $(ODOO),$(BIN)/python -m tests.odoo.demo,$(BIN)/millwright demo) $(if $(VERTICAL),--vertical $(VERTICAL)) $(if $(SERVE),--serve)

check: $(READY)
	$(BIN)/ruff format --check $(OURS)
	$(BIN)/ruff check $(OURS)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions actions/*/action.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/business.yml
	$(BIN)/zizmor --offline --pedantic --quiet .github/workflows actions

test: $(READY)
	$(BIN)/python tests/contract/install.py
	@$(BIN)/python -m tests.bot.operate.tools || [ $$? = 3 ]
	@$(BIN)/python -m tests.web.tools || [ $$? = 3 ]
	$(BIN)/pytest

test-long: $(READY)
	$(BIN)/python tests/contract/install.py
	$(BIN)/pytest tests/long

test-odoo: $(READY)
	@$(BIN)/python -m tests.odoo.server setup || [ $$? = 3 ]
	$(BIN)/pytest tests/odoo

test-web: $(READY)
	@$(BIN)/python -m tests.web.tools loading || [ $$? = 3 ]
	$(BIN)/pytest -n 2 tests/web --ignore=tests/web/test_lighthouse.py
	$(BIN)/pytest -n 0 -rP tests/web/test_lighthouse.py

bench: $(READY)
	@$(BIN)/python -m tests.bench

chaos: $(READY)
	@$(BIN)/python -m tests.chaos $(SEED)

drill: $(READY)
	@$(BIN)/python -m tests.bot.operate.tools || [ $$? = 3 ]
	@$(BIN)/python -m tests.drill $(VERTICAL)

format: $(READY)
	$(BIN)/ruff format $(OURS)
	$(BIN)/ruff check --fix $(OURS)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache tests/contract/node_modules tests/bench/probot/node_modules tests/web/node_modules tests/web/loading/node_modules .cache/web
