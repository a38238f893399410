# `make run` and `make test` need Python 3.11 or newer, pip and make; everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TARGET := the Russia–South Ossetia treaty on alliance and integration

.PHONY: run test lint docs screenshots evaluate clean

run: $(VENV)/.run
	@mkdir -p out
	$(BIN)/onrecord extract data/articles -o out/statements.jsonl --target "$(TARGET)"
	@echo
	@$(BIN)/onrecord show out/statements.jsonl
	@echo
	@$(BIN)/onrecord report out/statements.jsonl --articles data/articles -o out/report --force
	@echo "One JSON line for each statement: out/statements.jsonl"

test: $(VENV)/.test
	$(BIN)/python -m pytest

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.test
	$(BIN)/sphinx-build -q -W --keep-going -b html docs build/site
	@echo "Open build/site/index.html"

screenshots: $(VENV)/.test
	$(BIN)/python -m onrecord_eval.screenshots docs/screenshots/harbour.jsonl docs/screenshots

evaluate: $(VENV)/.test
	$(BIN)/onrecord evaluate

$(VENV)/.run: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "onrecord needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.11 run" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up $(VENV): a download of about 340 MB the first time, which takes a few minutes …"
	@echo "1 of 2: PyTorch, most of the download …"
	@$(BIN)/python -m pip install --disable-pip-version-check torch==2.13.0
	@echo "2 of 2: onrecord and its other libraries …"
	@$(BIN)/python -m pip install --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run
	@echo "Adding what the tests need to $(VENV) …"
	@$(BIN)/python -m pip install --disable-pip-version-check --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) out build *.egg-info
