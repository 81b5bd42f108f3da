# Everything a newcomer needs. `make run` and `make test` set up what is missing by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup run test lint bench clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev,lpips,community,fast]"
	touch $(STAMP)

run: setup
	$(BIN)/tratteggio demo --out demo-out

test: lint
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	TRATTEGGIO_LPIPS=$${TRATTEGGIO_LPIPS:-../shared/weights/lpips} $(BIN)/tratteggio bench detail ../shared/data/bench
	TRATTEGGIO_LPIPS=$${TRATTEGGIO_LPIPS:-../shared/weights/lpips} $(BIN)/tratteggio bench damage ../shared/data/bench

clean:
	rm -rf $(VENV) demo-out build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
