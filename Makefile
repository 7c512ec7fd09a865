PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install install-dev install-wire run test bench lock texts

install: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -c "import pathlib, sysconfig; pathlib.Path(sysconfig.get_path('purelib'), 'motcua.pth').write_text(str(pathlib.Path.cwd()))"
	printf '#!/bin/sh\nexec "$$(dirname "$$0")/python" -m bot "$$@"\n' > $(BIN)/motcua && chmod +x $(BIN)/motcua
	touch $@

install-dev: $(VENV)/.installed-dev

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

run: install
	$(BIN)/motcua run

test: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

# Every sentence of the bot into the catalogue, those without English left empty: fill them in, then `make test`.
texts: install-dev
	$(BIN)/pybabel -q extract -F babel.cfg -k t -k n_ -k plural:1,2 --no-location --sort-output -o $(VENV)/motcua.pot bot handlers
	$(BIN)/pybabel -q update -i $(VENV)/motcua.pot -o bot/locale/en/motcua.po -l en --no-fuzzy-matching --ignore-obsolete --no-wrap
