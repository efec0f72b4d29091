# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= demo

.PHONY: demo test setup system lint types unit bench clean

demo: $(VENV)/.ready
	$(BIN)/baiti-xl demo $(DEMO)

test: system $(VENV)/.ready-dev lint types unit

lint:
	$(BIN)/ruff format --check baiti_xl tests
	$(BIN)/ruff check baiti_xl tests
	$(BIN)/baiti-xl build --check

types:
	$(BIN)/mypy

unit:
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

bench: system $(VENV)/.ready-dev
	mkdir -p build
	$(BIN)/python tests/benchmarks/run.py $(BENCH) --out build/benchmarks.md
	cat build/benchmarks.md

# The program, and for tests the tools around it, in an environment of their own.
$(VENV)/.ready: pyproject.toml
	sh tools/setup.sh venv "$(PYTHON)" "$(VENV)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

# LibreOffice, Gnumeric, fonts and a virtual screen, where we are root on Debian; elsewhere the tests that need them say so.
system:
	sh tools/setup.sh system

clean:
	rm -rf $(VENV) build artefacts $(DEMO)
