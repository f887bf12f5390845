# make run    installs what is missing and opens the page on http://127.0.0.1:7860
# make test   everything but the long crash tiers; `make lint browser reliability bench` stand beside it
#
# PYTHON=python3.12         another interpreter (3.11 or newer)
# TORCH_INDEX=URL           where to take PyTorch from (README: a CPU build for Linux)
# DATA=folder               quality data for `make bench`

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
TORCH := $(shell sed -n 's/^ *"\(torch==[^"]*\)".*/\1/p' pyproject.toml)

# Every process of ours would compile all of its modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install run test lint browser reliability stripe-contract reliability-long bench walk rehearsal requirements lock tools clean

install: $(VENV)/.installed $(VENV)/.models

run: install
	@set -a; [ ! -f .env ] || . ./.env; set +a; exec $(BIN)/lueur serve

# Four workers keep two cores busy. What needs a microphone or a moving film runs alone.
test: install $(VENV)/.dev tools
	$(BIN)/python -m pytest -q -n 4 --dist loadfile -m "not reliability" --ignore tests/browser
	$(BIN)/python -m pytest -q -n 4 --dist loadfile -m "not realtime" tests/browser
	$(BIN)/python -m pytest -q -m realtime tests/browser

browser: install $(VENV)/.dev tools
	$(BIN)/python -m pytest -q -n 4 --dist loadfile -m "not realtime" tests/browser
	$(BIN)/python -m pytest -q -m realtime tests/browser

# The seven stories in Chromium, as pictures for docs/walk.md.
walk: install $(VENV)/.dev tools
	$(BIN)/python -m pytest -q tests/browser/walk.py

reliability: install $(VENV)/.dev
	$(BIN)/python -m pytest -q -m reliability

# Tier C, on demand: ten thousand payments through five thousand kills; says how it went and its seed.
reliability-long: install $(VENV)/.dev
	$(BIN)/python -m tests.reliability.storm --payments 10000 --kills 5000

# The sandbox always; Stripe's test mode too with STRIPE_API_KEY=sk_test_... (LUEUR_TEST_ACCOUNT=acct_... receives).
stripe-contract: install $(VENV)/.dev
	$(BIN)/python -m pytest -q -m stripe tests/payments/test_contract.py

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: install $(VENV)/.dev $(VENV)/.bench
	$(BIN)/python -m bench $(if $(DATA),--data "$(DATA)")

# Ten visitors at once on a page run as a Space runs it; says how quick it stayed and that nobody saw another's rows.
rehearsal: install $(VENV)/.dev
	$(BIN)/python -m tests.rehearsal --minutes $(or $(MINUTES),5)

requirements: $(VENV)/.installed
	$(BIN)/python .ci/requirements.py

# requirements.lock with hashes for this Python and platform, and the licences of all of it.
lock: $(VENV)/.installed
	$(BIN)/python .ci/lock.py

# Chromium for the page and espeak-ng for the clips: Debian packages when we may install them, a word about it otherwise.
tools:
	@.ci/tools

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "Lueur needs Python 3.11 or newer, and $(PYTHON) is not. Install one and say: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml
	@echo "Installing (PyTorch is the largest part; a few minutes the first time)..."
	$(PIP) $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) $(TORCH)
	$(PIP) -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(PIP) -e ".[dev]"
	@touch $@

# The peers of the figures; without them each is named as not installed.
$(VENV)/.bench: $(VENV)/.installed
	-$(PIP) -e ".[bench]" && touch $@

$(VENV)/.models: $(VENV)/.installed models/text.py models/vision.py models/vit/model.safetensors
	$(BIN)/python -W ignore -c 'from models import text, vision; text.export(); vision.export()'
	@touch $@

clean:
	rm -rf $(VENV) models/cache artefacts build *.egg-info
