# One command runs it (make run), another tests it (make test). make help lists the rest.
PY ?= python3.11
PORT ?= 8000
CITY ?= changzhou
export UV_PYTHON_DOWNLOADS := never
export PORTAL_CITY := $(CITY)

.PHONY: help run setup train test check fix lock bench clean
help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

.tools/bin/uv:
	@$(PY) -c 'import ensurepip' 2>/dev/null || { echo "$(PY) has no venv module: apt install python3.11-venv (or set PY=python3.12)"; exit 1; }
	$(PY) -m venv .tools && .tools/bin/pip install -q --disable-pip-version-check uv==0.13.9

.venv/.run: pyproject.toml uv.lock .tools/bin/uv
	.tools/bin/uv sync -q --frozen --compile-bytecode --inexact --python $(PY) --no-default-groups --extra postgres
	@touch $@
.venv/.dev: .venv/.run
	.tools/bin/uv sync -q --frozen --compile-bytecode --python $(PY) --extra postgres --group dev --group e2e
	@touch $@

setup: .venv/.run  ## make the environment from the lock file

run: .venv/.run  ## everything, then the demo on http://127.0.0.1:$(PORT)
	@.venv/bin/python -m portal up --port $(PORT)

train: .venv/.run  ## train the router from content/corpus
	@.venv/bin/portal router train --city $(CITY)

test: .venv/.dev  ## the whole suite
	@sh tests/needs.sh
	@.venv/bin/pytest -n 2 --dist loadgroup

check: .venv/.dev  ## format, lint, types, architecture, templates
	.venv/bin/ruff format --check portal ml tests
	.venv/bin/ruff check portal ml tests
	.venv/bin/mypy portal ml
	.venv/bin/lint-imports
	.venv/bin/djlint --lint --quiet portal
	@.tools/bin/uv export -q --frozen --no-default-groups --no-emit-project --no-annotate --no-header | cmp -s - requirements.lock \
		|| { echo "requirements.lock is not current: make lock"; exit 1; }

fix: .venv/.dev  ## format and mend what can be mended
	.venv/bin/ruff format portal ml tests
	.venv/bin/ruff check --fix portal ml tests

lock: .tools/bin/uv  ## renew uv.lock and requirements.lock
	.tools/bin/uv lock -q
	.tools/bin/uv export -q --frozen --no-default-groups --no-emit-project --no-annotate --no-header -o requirements.lock

bench: .venv/.dev  ## measure against a bare Starlette app
	.venv/bin/python -m tests.benchmarks
	@echo "lists and search at a million: .venv/bin/python -m tests.benchmarks.large"

clean:  ## remove what can be made again
	rm -rf .venv .tools build .mypy_cache .ruff_cache .pytest_cache
