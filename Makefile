# Two commands do all the set-up: `make demo` and `make test`. Both install the versions of constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= demo

# Pins what is installed and, by the second name in newer versions of pip, what builds it.
PIP := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test system lint types unit bench constraints ranges clean

demo: $(VENV)/.ready
	@test "$(DEMO)" != demo || rm -rf demo  # the sample of before; another folder must be new
	$(BIN)/baiti-xl demo $(DEMO)

test: system $(VENV)/.ready-dev lint types unit

lint:
	$(BIN)/ruff format --check baiti_xl tests tools
	$(BIN)/ruff check baiti_xl tests tools
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
$(VENV)/.ready: pyproject.toml constraints.txt
	sh tools/setup.sh venv "$(PYTHON)" "$(VENV)"
	$(PIP) -e .
	touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	$(PIP) -e '.[dev]'
	touch $@

# Renews constraints.txt: the newest versions within the ranges of pyproject.toml. Run `make test` after it.
constraints:
	$(PYTHON) tools/versions.py pin

# Tries the lowest and the newest versions of the ranges with `build --check`, mypy and the quick tests: run it when
# a range of pyproject.toml changes, and before a release.
ranges:
	$(PYTHON) tools/versions.py ranges

# LibreOffice, Gnumeric, fonts and a virtual screen, where we are root on Debian; elsewhere the tests that need them say so.
system:
	sh tools/setup.sh system

clean:
	rm -rf $(VENV) build artefacts $(DEMO)
