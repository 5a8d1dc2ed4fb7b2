# make run     answer questions on http://127.0.0.1:8000/
# make test    everything, a browser and a PostgreSQL included
# make check   format, lint, types, import contract, unit tests: seconds
PYTHON ?= python3.11
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet -c requirements.lock
DATA ?=
KILLS ?= 1000
DEVICE ?= cpu
REPORTS ?= out/evaluation
export HF_HUB_OFFLINE := 1

.PHONY: run test check bench kill-test evaluate figures shipped-evaluation train lock assets clean

run: .venv/.installed
	@$(BIN)/signpost serve

test: .venv/.tested
	@$(BIN)/python -m tests.browser.provide
	@$(BIN)/python -m pytest

check: .venv/.tested
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m pytest -q tests/unit --hypothesis-profile=quick -p no:schemathesis

bench: .venv/.tested
	@$(BIN)/signpost bench

kill-test: .venv/.tested
	@$(BIN)/python -m tests.kill --kills $(KILLS)
	@$(BIN)/python -m tests.kill --kills $$(( ($(KILLS) + 3) / 4 )) --database postgresql

evaluate: .venv/.tested
	@test -n "$(DATA)" || { echo "Say where the public test sets are: make evaluate DATA=folder"; exit 2; }
	@$(BIN)/signpost evaluate retrieval --data "$(DATA)" --out out/evaluation
	@$(BIN)/signpost evaluate own --data "$(DATA)" --out out/evaluation
	@$(BIN)/signpost evaluate abstention --data "$(DATA)" --out out/evaluation
	@$(BIN)/signpost evaluate grounding --data "$(DATA)" --out out/evaluation
	@$(BIN)/signpost evaluate safety --data "$(DATA)" --out out/evaluation
	@$(BIN)/signpost evaluate answers --data "$(DATA)" --out out/evaluation
	@$(BIN)/signpost evaluate conversation --data "$(DATA)" --out out/evaluation

figures: .venv/.tested
	@$(BIN)/python -m evaluation.published out/evaluation

shipped-evaluation: .venv/.tested
	@$(BIN)/python -m api.shipping "$(REPORTS)"

train: .venv/.tested
	@test -n "$(DATA)" || { echo "Say where the guidance pages are: make train DATA=folder"; exit 2; }
	@mkdir -p out/training
	@$(BIN)/python -m evaluation.training lessons out/training/lessons.json --data "$(DATA)"
	@for half in 0 1; do \
		$(BIN)/python -m evaluation.training adapter out/training/lessons.json --device $(DEVICE) \
			--leave-out $$half/2 --out out/training/without-$$half.safetensors || exit 1; \
	done
	@$(BIN)/python -m evaluation.training average out/training/without-0.safetensors \
		out/training/without-1.safetensors

lock: .venv/.tested
	@$(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu$$//' > requirements.lock

clean:
	rm -rf .venv out

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: install it, or name one with make PYTHON=/path/to/python"; exit 2; }
	$(PYTHON) -m venv .venv

.venv/.installed: pyproject.toml requirements.lock | .venv/bin/python
	@echo "Setting up a private environment in .venv (once, some minutes)…"
	$(INSTALL) -e '.[assistant]'
	@touch $@

.venv/.tested: .venv/.installed
	$(INSTALL) -e '.[assistant,test]'
	@touch $@
