# Everything a user or a developer types. `make demo` needs Python 3.11 or newer and git, nothing else.
PYTHON ?= python3
PORT ?= 8000
CHAIN_PORT ?= 8545
export PORT CHAIN_PORT

.PHONY: demo chain test check bench verifier lock messages clean

demo: .venv/demo.stamp
	@.venv/bin/python -m gi_trace.demo

chain: .venv/demo.stamp
	@.venv/bin/python -m gi_trace.chain

test: .venv/dev.stamp
	@.venv/bin/python -m tests.run

check: .venv/dev.stamp
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/lint-imports
	.venv/bin/python -m tests.environment manage.py makemigrations --check --dry-run
	.venv/bin/python -m tests.environment manage.py translations --check
	.venv/bin/mypy .

bench: .venv/dev.stamp
	@.venv/bin/python -m bench

verifier: .venv/demo.stamp
	@SECRET_KEY=unused .venv/bin/python manage.py build_verifier

lock: .venv/dev.stamp
	.venv/bin/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements.txt
	.venv/bin/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 pyproject.toml --group dev -o requirements-dev.txt

messages: .venv/dev.stamp
	.venv/bin/python -m tests.environment manage.py translations

clean:
	rm -rf .venv var

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv || { echo "python3-venv is missing: apt-get install python3-venv"; exit 1; }

.venv/demo.stamp: .venv/bin/python requirements.txt
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/dev.stamp: .venv/bin/python requirements-dev.txt
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/demo.stamp
