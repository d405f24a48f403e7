# Everything a person or a build machine runs. `make help` lists it. Needs GNU make and Python 3.11 or newer.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# As typed, through the environment: a path may hold spaces, quotes and dollar signs.
CLIP ?=
override CLIP := $(value CLIP)
export CLIP
ARGS ?=
TESTS ?=
PYTHON ?=

BIN := .venv/bin
MADE := .venv/.made
INSTALLED := .venv/.installed
INSTALLED_DEV := .venv/.installed-dev
PIP := python -m pip install --disable-pip-version-check -c constraints.txt

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

.PHONY: run
run: $(INSTALLED) ## open the window on the sample clip, or on CLIP=path; without a display, write the results to out/
	@clip=$${CLIP:-resources/sample/sample.mp4}; \
	if [ "$$(uname -s)" = Linux ] && [ -z "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; then \
	    .ci/system_libraries $(BIN)/python headless; \
	    echo "No display here: computing $$clip without the window."; \
	    $(BIN)/cagdde predict "$$clip" -o out --overwrite; \
	    echo "The results are in $$PWD/out"; \
	else \
	    .ci/system_libraries $(BIN)/python window; \
	    exec $(BIN)/cagdde-studio "$$clip"; \
	fi

.PHONY: test
test: $(INSTALLED_DEV) ## run all tests; TESTS=path for some, ARGS='-x -k name' for pytest
	@.ci/system_libraries $(BIN)/python tests
	@display=(); \
	if [ "$$(uname -s)" = Linux ] && command -v xvfb-run >/dev/null; then \
	    display=(xvfb-run -a -s "-screen 0 1600x1000x24"); \
	fi; \
	$${display[@]+"$${display[@]}"} $(BIN)/python -m pytest $(TESTS) $(ARGS)

.PHONY: check
check: $(INSTALLED_DEV) ## formatting, lint, types, import rules
	@failed=(); \
	try() { echo "== $$*"; "$(BIN)/$$1" "$${@:2}" || failed+=("$$1 $${2:-}"); }; \
	try ruff format --check .; \
	try ruff check .; \
	try pyright --project pyproject.toml; \
	try lint-imports; \
	if [ $${#failed[@]} -gt 0 ]; then printf 'make check failed in: %s\n' "$${failed[@]}" >&2; exit 1; fi

.PHONY: format
format: $(INSTALLED_DEV) ## put the code into its one format, and fix what ruff can fix
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

.PHONY: install
install: $(INSTALLED_DEV) ## only set up .venv, developer tools included

.PHONY: wheel
wheel: $(INSTALLED_DEV) ## build dist/*.whl
	$(BIN)/python -m pip wheel --disable-pip-version-check --no-deps --no-build-isolation -w dist .

# An environment of its own: what the developers' tools bring along must not end up in the folder.
BUNDLER := build/venv/bin

.PHONY: bundle
bundle: build/venv/.installed ## build dist/cagdde-studio, a folder that runs without Python installed, and try it
	$(BUNDLER)/pyinstaller --noconfirm --log-level WARN --distpath dist --workpath build/work app.spec
	@cat build/work/app/left-out.txt
	@.ci/check_bundle dist/cagdde-studio

build/venv/.installed: pyproject.toml constraints.txt | $(MADE)
	$(BIN)/python -m venv build/venv
	@$(call install_project,.[bundle],$(BUNDLER))
	@touch $@

TRAIN := $(BIN)/cagdde train --cache runs/cache resources/recipes/cagdde-lite
DEV_CLIPS := blackswan bmx-trees dog parkour
TRAIN_CLIPS := bear bmx chair tennis

.PHONY: default-model
default-model: $(INSTALLED) ## train the bundled model again from ../shared/data (docs/training.md): hours on two cores
	$(TRAIN)-1.toml --out runs/lite-1 --iterations 1000
	$(TRAIN)-2.toml --out runs/lite-2 --iterations 800
	$(TRAIN)-3.toml --out runs/lite-3
	$(TRAIN)-2.toml --out runs/lite-2 --iterations 2200 --resume
	$(BIN)/cagdde model publish runs/lite-2/best.safetensors runs/lite-3/best.safetensors --calibrate \
	    -o resources/weights/cagdde-lite.safetensors $(addprefix --clip ../shared/data/clips/dev/,$(DEV_CLIPS))
	$(BIN)/cagdde model calibrate resources/weights/cagdde-lite.safetensors \
	    -o resources/weights/cagdde-lite.safetensors $(addprefix --clip ../shared/data/clips/train/,$(TRAIN_CLIPS))

.PHONY: clean
clean: ## remove caches and build products; keeps .venv and out/
	rm -rf build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find app core tests -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: distclean
distclean: clean ## clean, and remove .venv
	rm -rf .venv

$(MADE):
	@python='$(PYTHON)'; \
	new() { "$$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }; \
	if [ -z "$$python" ]; then \
	    for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	        if new "$$name"; then python=$$name; break; fi; \
	    done; \
	fi; \
	if [ -z "$$python" ]; then \
	    found=$$(python3 --version 2>/dev/null || echo none); \
	    echo "CAG-DDE Studio needs Python 3.11 or newer, found: $$found. Install one, or name it: make run PYTHON=/path/to/python3" >&2; \
	    exit 1; \
	fi; \
	if ! new "$$python"; then \
	    found=$$("$$python" --version 2>&1) || found="nothing that runs"; \
	    echo "CAG-DDE Studio needs Python 3.11 or newer, but $$python is: $$found" >&2; \
	    exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	    echo "$$python cannot make virtual environments: its venv module is missing. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2; \
	    exit 1; \
	fi; \
	echo "Making .venv with $$("$$python" --version)"; \
	"$$python" -m venv .venv
	@touch $@

# Newer than what says which versions: nothing to do. An interrupted installation leaves no stamp and is repeated.
$(INSTALLED): pyproject.toml constraints.txt | $(MADE)
	@$(call install_project,.,$(BIN))
	@touch $@

$(INSTALLED_DEV): pyproject.toml constraints.txt | $(MADE)
	@$(call install_project,.[dev],$(BIN))
	@touch $(INSTALLED) $@

# Into the environment whose programs are in $(2). The build backend comes from the pinned versions too, hence no
# isolation.
define install_project
$(2)/$(PIP) hatchling editables; \
	$(2)/$(PIP) --no-build-isolation -e '$(1)'
endef
