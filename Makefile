PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install install-dev install-wire run test soak bench lock texts

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

# The doubles of Telegram that the wire tests speak to, none written here, each in an environment of its own; without them these tests skip.
install-wire: .venv-wire/.installed .venv-aiogram/.installed tests/wire/node_modules/.installed

.venv-wire/.installed: requirements.lock tests/wire/in_process/requirements.lock
	test -x .venv-wire/bin/python || $(PYTHON) -m venv .venv-wire
	.venv-wire/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	.venv-wire/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --ignore-requires-python \
		-r tests/wire/in_process/requirements.lock
	touch $@

.venv-aiogram/.installed: tests/wire/schema/requirements.lock
	test -x .venv-aiogram/bin/python || $(PYTHON) -m venv .venv-aiogram
	.venv-aiogram/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/wire/schema/requirements.lock
	touch $@

tests/wire/node_modules/.installed: tests/wire/package-lock.json tests/wire/.npmrc
	@command -v npm >/dev/null || { echo "npm is not installed: install Node.js 18 or later with npm (Debian: apt-get install nodejs npm)."; exit 1; }
	cd tests/wire && npm ci --ignore-scripts --silent
	touch $@

run: install
	$(BIN)/motcua run

test: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto

# Two hundred kills during two thousand conversations on each database, then everything is counted.
soak: install-dev
	$(BIN)/python -m tests.soak.run

# Figures, each beside a peer or a limit in the same run.
bench: install-dev
	$(BIN)/python -m tests.bench.content
	$(BIN)/python -m tests.bench.understanding --large
	$(BIN)/python -m tests.bench.dossiers
	$(BIN)/python -m tests.bench.road

# Every sentence of the bot into the catalogue, those without English left empty: fill them in, then `make test`.
texts: install-dev
	$(BIN)/pybabel -q extract -F babel.cfg -k t -k n_ -k plural:1,2 --no-location --sort-output -o $(VENV)/motcua.pot bot handlers
	$(BIN)/pybabel -q update -i $(VENV)/motcua.pot -o bot/locale/en/motcua.po -l en --no-fuzzy-matching --ignore-obsolete --no-wrap

# The lock files hold versions and hashes, no addresses. Needs uv.
UV_LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml
lock:
	$(UV_LOCK) --extra postgres --extra dev -o requirements-dev.lock
	$(UV_LOCK) --extra postgres -c requirements-dev.lock -o requirements.lock
