# Needs Python 3.11 or newer with its venv module, and make; Node.js 20 or newer only for the GraphiQL page.
# `make run` on a fresh machine is the whole set-up.

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
PORT ?= 8000
# One more than the smallest machine that runs this has processors: some tests wait. WORKERS=0 takes one process.
WORKERS ?= 3
ARGS ?=

venv_python := .venv/bin/python
frontend := app/api/graphiql/frontend
assets := app/api/graphiql/assets
peer := benchmarks/served/postgraphile
# A file stays with one worker, and with it the databases that its module-scoped fixtures made.
pytest := $(venv_python) -m pytest
# The order of files is that of tests/conftest.py, not by their number of tests: the dearest have few.
parallel := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
say := printf '%s\n'

# The tests start many processes: what one has compiled, the next one reads.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-node check format soak mutants bench schema docs setup venv graphiql lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: setup ## serve on 127.0.0.1:$PORT (8000) with a migrated, seeded database and GraphiQL
	@PORT=$(PORT) exec $(venv_python) -m app dev

test: setup ## every test but tests/node, in parallel; ARGS="tests/api -k apply" narrows it
	@$(pytest) $(parallel) --ignore=tests/node $(ARGS)

test-node: setup ## the checks that need Node.js, if there are any
	@if [ -d tests/node ]; then PATH="$$PATH:$(CURDIR)/.venv-node/bin" $(pytest) tests/node $(ARGS); fi

check: venv ## format, lint, types, architecture, rules: under 40 seconds
	@$(venv_python) -m ruff format --check --quiet .
	@$(venv_python) -m ruff check --quiet .
	@$(venv_python) -m mypy
	@$(venv_python) .venv/bin/lint-imports
	@$(pytest) $(parallel) tests/rules tests/house

format: venv ## rewrite the sources as `make check` wants them
	@$(venv_python) -m ruff check --quiet --fix .
	@$(venv_python) -m ruff format --quiet .

soak: setup ## random queries, the state machines and races, for long, and a million requests
	@HYPOTHESIS_PROFILE=soak $(pytest) $(parallel) tests/compiled tests/stateful tests/races tests/degradation tests/hostile $(ARGS)
	@$(MAKE) --no-print-directory mutants ARGS=

# The tool stays out of .venv: nothing else needs it. What is stopped goes on where it was.
mutants: setup ## change the rules and the arithmetic in small ways, each of which a test must notice; ARGS="app/domain/money.py"
	@test -x .venv-mutants/bin/mutmut || { $(PYTHON) -m venv .venv-mutants && .venv-mutants/bin/python -m pip install --quiet \
		--disable-pip-version-check --require-hashes --only-binary :all: -r tests/mutants/mutmut.lock; }
	@$(venv_python) -m tests.mutants $(ARGS)

bench: venv ## what the service costs beside SQL alone and PostGraphile, into docs/performance.md; ARGS="R1 W1 --show" narrows it
	@$(venv_python) -m benchmarks $(ARGS)

schema: venv ## write schema.graphql from the code
	@$(venv_python) -m app schema > schema.graphql.new && mv schema.graphql.new schema.graphql

docs: venv ## rewrite the parts of docs/ and README.md that come from the code and the running service
	@$(venv_python) -m tests.docs.write

setup: venv
	@$(MAKE) --no-print-directory graphiql 2>.venv/graphiql.log || \
		$(say) 'GraphiQL is not built (.venv/graphiql.log says why): /graphiql tells how to; all else works.'

# --- Python ---------------------------------------------------------------------------------------------------

# What .venv must have been installed from. The place counts too: a moved clone has an editable install elsewhere.
installed_from = "$$(cat requirements.lock pyproject.toml | cksum) $$($(PYTHON) -V) $(CURDIR)"

venv: ## .venv with what requirements.lock pins, brought up to date when that changes
	@if [ -z "$(PYTHON)" ]; then $(say) 'Python 3.11 or newer is needed and none was found.' >&2; exit 1; fi
	@if [ "$$(cat .venv/installed-from 2>/dev/null)" != $(installed_from) ]; then \
		$(MAKE) --no-print-directory install-python; fi

.PHONY: install-python
install-python:
	@if ! $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null; then \
		$(say) "$(PYTHON) has no venv module: install it (Debian and Ubuntu: apt-get install python3-venv)." >&2; \
		exit 1; fi
	@if [ "$$($(venv_python) -V 2>/dev/null)" != "$$($(PYTHON) -V)" ]; then \
		$(say) 'Making .venv'; $(PYTHON) -m venv --clear .venv; fi
	@$(say) 'Installing what requirements.lock pins into .venv'
	@$(venv_python) -m pip install --quiet --disable-pip-version-check --no-input \
		--require-hashes --only-binary :all: -r requirements.lock
	@$(venv_python) -m pip install --quiet --disable-pip-version-check --no-input \
		--no-deps --no-build-isolation -e .
	@$(say) $(installed_from) > .venv/installed-from

# uv only resolves; what is committed is plain pip's format, which names no registry.
lock: ## resolve pyproject.toml anew: UPGRADE=--upgrade for newer versions
	@test -x .venv-lock/bin/uv || { $(PYTHON) -m venv .venv-lock && \
		.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: uv==0.13.8; }
	@.venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--only-binary :all: $(UPGRADE) --all-extras --group dev pyproject.toml -o requirements.lock
	@.venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--only-binary :all: $(UPGRADE) $(frontend)/node.in -o $(frontend)/node.lock
	@.venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--only-binary :all: $(UPGRADE) tests/mutants/mutmut.in -o tests/mutants/mutmut.lock

# --- GraphiQL -------------------------------------------------------------------------------------------------

graphiql: $(assets)/index.html ## build the GraphiQL page (Node.js 20 or newer, else one from PyPI)
	@:

$(assets)/index.html: $(addprefix $(frontend)/,build.mjs build.sh package.json package-lock.json index.html node.lock) \
		$(wildcard $(frontend)/source/*)
	@$(say) 'Building GraphiQL'
	@PYTHON="$(PYTHON)" sh $(frontend)/build.sh

# --------------------------------------------------------------------------------------------------------------

clean: ## remove everything that is built, installed or cached; databases stay
	rm -rf .venv .venv-client .venv-node .venv-lock .venv-mutants build dist $(assets) $(frontend)/node_modules tests/node/node_modules $(peer)/node_modules
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache schema.graphql.new
	find app tests -name __pycache__ -type d -prune -exec rm -rf {} +
