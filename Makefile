# make demo and make test are all a newcomer needs: each sets up what it uses, once.
# `make help` lists the rest. Works with GNU make 3.81 and later.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
# The tests start the portal's commands a hundred times; each would compile all of it again.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON := .venv/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check
# Node comes with the tools of the tests: Debian 12 has one that is too old for them.
NPM := PATH="$(CURDIR)/.venv/bin:$$PATH" npm
COMPILE := build/pins/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
PIP_TOOLS := pip-tools==7.6.2
PINS_ARGS :=
# make offline-bundle BUNDLE_ARGS='--only-binary :all: --python-version 3.13 --platform manylinux_2_28_x86_64'
RELEASE_KEY :=
WHEELS :=
BUNDLE_ARGS :=

# What pytest is to run, and how: make test TESTS=tests/database PYTEST_ARGS=-x
# Two processes even on a larger machine: tests of load and of time want the other cores.
TESTS :=
PYTEST_ARGS := -n 2 --dist worksteal

.PHONY: help demo demo-reset test quick lint types templates system-packages node-tools pins guide-pictures prove prove-long prove-tools access-tools release offline-bundle

help:  ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

# The portal takes the shell's place, so that a signal to make reaches it and no shell in between
# swallows it; tools/end-with-parent ends it even when make itself is killed.
demo: .venv/portal.stamp  ## Start the demo; Ctrl-C stops it
	@exec $(PYTHON) -I -S tools/end-with-parent .venv/bin/portal demo

demo-reset: .venv/portal.stamp  ## Throw the demo's data away; the next start begins anew
	@exec $(PYTHON) -I -S tools/end-with-parent .venv/bin/portal demo-reset

# From the quickest to the slowest, so that a slip shows at once.
test: .venv/tests.stamp  ## Check and test everything
	@$(MAKE) lint
	@$(MAKE) templates
	@$(MAKE) types
	@$(MAKE) system-packages
	@$(MAKE) node-tools
	@$(PYTHON) -m pytest $(PYTEST_ARGS) $(TESTS)

# Between two commits. What it leaves out is in tests/quick.py; only `make test` proves a change.
quick: .venv/tests.stamp  ## Check and test what takes a minute: no browser, no database
	@$(MAKE) lint
	@$(MAKE) templates
	@$(MAKE) types
	@$(MAKE) node-tools
	@$(PYTHON) -m pytest $(PYTEST_ARGS) --quick $(TESTS)

lint: .venv/tests.stamp  ## Check style and form of the Python code
	@$(PYTHON) -m ruff check --quiet
	@$(PYTHON) -m ruff format --quiet --check || { echo "ruff format --check: see '$(PYTHON) -m ruff format --diff'"; exit 1; }

templates: .venv/tests.stamp  ## Check the templates
	@$(PYTHON) -m djlint --quiet --lint templates

types: .venv/tests.stamp  ## Check the types
	@$(PYTHON) -m mypy

system-packages: .venv/tests.stamp  ## Install the programs that tests use, or say which are missing
	@tools/system-packages

node-tools: build/node/tools.stamp  ## Install the tests' tools for Node

prove: .venv/tests.stamp  ## Measure a sample of every figure beside its goal, within the hour
	@$(MAKE) prove-tools
	@$(PYTHON) -m benchmarks.prove

prove-long: .venv/tests.stamp  ## Measure every figure at its full size; takes most of a day
	@$(MAKE) prove-tools
	@$(PYTHON) -m benchmarks.prove --full

prove-tools:
	@$(MAKE) node-tools access-tools
	@tools/system-packages wapiti sqlmap slowhttptest

access-tools: build/access/tools.stamp  ## Install the checkers of accessibility that only make prove uses
	@command -v java >/dev/null || echo "Java is missing: benchmarks.access needs it"

guide-pictures: .venv/tests.stamp  ## Make the pictures and films of the guide anew
	@tools/system-packages ffmpeg
	@$(PYTHON) -m tests.browser.guide

release: .venv/portal.stamp  ## Make the files of a release in dist/; RELEASE_KEY=FILE signs them
	@RELEASE_KEY="$(RELEASE_KEY)" $(PYTHON) tools/release.py dist

offline-bundle: .venv/portal.stamp  ## Make a release, and one file with all packages for a machine without network
	@RELEASE_KEY="$(RELEASE_KEY)" WHEELS="$(WHEELS)" $(PYTHON) tools/offline_bundle.py dist $(BUNDLE_ARGS)

# The tools of the tests first: a package that both use has the version that the tests ran with.
pins: build/pins/pins.stamp  ## Pin the requirements, with hashes; the newest with PINS_ARGS=--upgrade
	@$(COMPILE) $(PINS_ARGS) --output-file requirements-dev.txt requirements-dev.in requirements-build.in
	@$(COMPILE) $(PINS_ARGS) --constraint requirements-dev.txt --output-file requirements.txt requirements.in \
		requirements-build.in

.venv/bin/python:
	@tools/make-venv .venv

# The pins name every package, so pip resolves nothing: it would reach for a newer release of a pinned
# package where another one asks for it with an extra, and then miss its hash.
#
# The project itself is built without isolation, which would fetch a setuptools that has no hash.
.venv/portal.stamp: requirements.txt pyproject.toml setup.py licensed_system/pyproject.toml | .venv/bin/python
	@echo "Installing the portal into .venv" >&2
	@$(PIP) install --quiet --no-deps --require-hashes --requirement requirements.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable . --editable ./licensed_system
	@touch $@

.venv/tests.stamp: requirements-dev.txt .venv/portal.stamp
	@echo "Installing the tools of the tests into .venv" >&2
	@$(PIP) install --quiet --no-deps --require-hashes --requirement requirements-dev.txt
	@touch $@

build/node/tools.stamp: tools/node/package.json tools/node/package-lock.json | .venv/tests.stamp
	@mkdir -p build/node
	@cp tools/node/package.json tools/node/package-lock.json build/node/
	@cd build/node && $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

build/access/tools.stamp: tools/access/package.json tools/access/package-lock.json | .venv/tests.stamp
	@mkdir -p build/access
	@cp tools/access/package.json tools/access/package-lock.json build/access/
	@cd build/access && $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

build/pins/pins.stamp: | .venv/bin/python
	@tools/make-venv build/pins
	@build/pins/bin/python -m pip --disable-pip-version-check install --quiet $(PIP_TOOLS)
	@touch $@
