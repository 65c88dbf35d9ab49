# Two commands: `make run` and `make test`. Each sets up what it needs first.
UV := .tools/bin/uv
RUN := $(UV) run --locked --no-sync
PYTHON ?= python3
# Cached bytecode makes every start of the program three times as fast.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test ui setup lint benchmark clean

run: setup
	@echo "== run: extracts to published customers"
	@$(RUN) dq-pipeline sample --if-absent
	@$(RUN) dq-pipeline run

test: setup lint
	@echo "== test: pytest"
	@$(RUN) pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: setup
	@echo "== lint: ruff, mypy"
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy

ui: setup
	@echo "== ui: Dagster on http://127.0.0.1:3000 (stop with Ctrl-C)"
	@$(RUN) dq-pipeline ui

benchmark: setup
	@$(RUN) pytest -s tests/benchmarks

setup: .tools/bin/uv
	@echo "== setup: the locked environment in .venv"
	@$(UV) sync --locked --quiet

.tools/bin/uv:
	@echo "== setup: fetching uv into .tools"
	@$(PYTHON) -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check uv==0.13.9

clean:
	rm -rf .tools .venv
