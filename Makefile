PYTHON ?= python3
# Given on the command line of make; variables of the environment do not count.
FROM =
PREFIX =
COUNT =
WORDS = loi lois
REV = HEAD
N = 5
export FROM PREFIX COUNT WORDS REV N
export PATH := $(CURDIR)/.venv/bin:$(PATH)
SETUP := .venv/.requirements

help: ## print this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

setup: $(SETUP) ## create .venv and install the locked requirements

$(SETUP): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	  "Python 3.11 or later is needed; name one: make PYTHON=python3.12")'
	@echo "Installing the packages of requirements.txt into .venv: a few minutes"
	@$(PYTHON) -m venv .venv
	@python -m pip install --quiet -r requirements.txt
	@touch $@

repro: $(SETUP) ## run the pipeline where something changed, print the losses
	dvc repro
	@dvc metrics show metrics/loss.json

test: $(SETUP) ## run the test suite
	python -m pytest

lint: $(SETUP) ## check style, formatting and types
	ruff check
	ruff format --check
	mypy

bench: $(SETUP) ## time our loop against the notebook's, and every stage
	python -m tests.bench

civil: $(SETUP) ## get the notebook's list; FROM=path takes a local copy
	python data/get_civil_mots.py $${FROM:+--from="$$FROM"}
	dvc commit --quiet --force data/civil_mots.txt.dvc

corpus: $(SETUP) ## make the default corpus again (needs npm)
	python data/make_travail_mots.py data/travail_mots.txt

examples: $(SETUP) ## print the examples of some words: WORDS="loi lois"
	@dvc repro --quiet prepare
	@set -f; python -m stages.splits --vocabulary data/vocab.json --examples $$WORDS

words: $(SETUP) ## print new words: PREFIX=ju COUNT=10
	@dvc repro --quiet train
	@python -m stages.sample --model data/model.pt --prefix="$$PREFIX" \
	  $${COUNT:+--count="$$COUNT"}

seeds: $(SETUP) ## losses of the current parameters over seeds: N=5
	@python -m experiments.seeds "$$N"

compare: $(SETUP) ## losses here against those of REV: a commit, an experiment
	@dvc repro --quiet mixture
	@python -m experiments.compare "$$REV"

best: $(SETUP) ## run the best parameters here, as the experiment `best`
	python -m experiments.ladder --best

ladder: $(SETUP) ## measure every step to the best: docs/leaderboard.md
	python -m experiments.ladder

clean: ## delete .venv and tool caches, never DVC's cache or experiments
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -not -path './.dvc/*' -prune -exec rm -rf {} +

.PHONY: help setup repro test lint bench civil corpus examples words seeds compare \
  best ladder clean

