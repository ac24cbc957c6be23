PYTHON ?= python3
# Given on the command line of make; variables of the environment do not count.
FROM =
PREFIX =
COUNT =
SEED =
TEMPERATURE =
TOP_K =
TOP_P =
NEW =
WORDS = loi lois
WORD =
CORPUS =
REV = HEAD
N = 5
CODES = travail
NETWORKS =
SCHEDULER =
KEEP =
TRIALS = 50
SPACE = notebook
STORAGE =
STEPS =
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# With a shell called /bin/sh, make 3.81 (macOS) looks for the program of a simple line
# along the PATH that make was started with, and does not find that of .venv.
SHELL := $(shell command -v bash || command -v sh)

# A test goes to whichever process has nothing to do, as they take unlike times.
PYTEST = python -m pytest --numprocesses=logical --maxprocesses=4 --dist=worksteal

# Where seeds, ladder, paper and search have their runs.
AT = $${SCHEDULER:+--scheduler="$$SCHEDULER"}

# Which of them a target takes. Others would be ignored in silence, so they are refused.
TAKES_civil = FROM
TAKES_brown = FROM
TAKES_text = CODES
TAKES_words = PREFIX COUNT SEED TEMPERATURE TOP_K TOP_P NEW
TAKES_examples = WORDS
TAKES_neighbours = WORD COUNT
TAKES_text-model = CORPUS STEPS
TAKES_compare = REV
TAKES_report = REV
TAKES_endings = COUNT
TAKES_seeds = N SCHEDULER KEEP
TAKES_ladder = SCHEDULER
TAKES_paper = NETWORKS SCHEDULER
TAKES_worker = SCHEDULER
TAKES_search = TRIALS CORPUS SPACE STORAGE SCHEDULER
TARGETS = help setup checked repro restore test test-all lint map check verify matrix \
  bench civil brown corpus text examples words neighbours lr endings seeds experiments \
  compare report play text-model defaults best ladder paper search cluster worker clean
MISTAKEN = $(firstword $(filter-out $(TARGETS),$(MAKECMDGOALS)))
ifneq ($(MISTAKEN),)
  $(error $(MISTAKEN): no target; the nearest is $(shell $(PYTHON) -c 'import sys; \
    from difflib import get_close_matches as f; print(*f(sys.argv[1], sys.argv[2:], 1, 0))' \
    '$(subst ','\'',$(MISTAKEN))' $(TARGETS)))
endif
TAKES = $(foreach goal,$(MAKECMDGOALS),$(TAKES_$(goal)))
GIVEN = $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
UNKNOWN = $(strip $(filter-out PYTHON SHELL PIP_% $(TAKES),$(GIVEN)))
ifneq ($(UNKNOWN),)
  $(error $(UNKNOWN): unknown to $(strip make $(MAKECMDGOALS)); it takes $(or $(TAKES),nothing))
endif
# Their values reach the programs as they were written: `$` is no variable there.
GIVABLE = FROM PREFIX COUNT SEED TEMPERATURE TOP_K TOP_P NEW WORDS WORD CORPUS REV N \
  CODES NETWORKS SCHEDULER KEEP TRIALS SPACE STORAGE STEPS
$(foreach name,$(GIVABLE),$(eval override $(name) := $$(value $(name))))
export $(GIVABLE)

# Is a variable yes? And an error where one is empty.
yes = $(filter 1 yes true,$($(1)))$(if $(filter-out 1 yes true 0 no false,$($(1))), \
  $(error $(1)=$($(1)): needs to be yes or no))
needs = [ -n "$$$(1)" ] || { echo "error: $(1): is missing; $(2)" >&2; exit 1; }
A_REV = give a commit, a branch or an experiment

# Runs what a target needs, with what DVC does and what fails on standard error.
run = @set -o pipefail; dvc repro $(1) | while IFS= read -r line; do case "$$line" in \
  "Stage "*skipping*|"Data and "*|"Updating lock "*|"Use "*push*|"") ;; \
  *) printf '%s\n' "$$line" >&2 ;; esac; done || $(locks)
# DVC's message about its locks tells people to delete its file of them by hand.
locks = { status=$$?; case "$$(cat .dvc/tmp/rwlock 2>/dev/null || echo {})" in ""|*pid*) \
  echo "Locks: wait for DVC's run that holds them; if there is none, make restore" >&2; \
  esac; exit $$status; }

help: ## print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

# The copy in .venv says what is installed: a file's time changes with every checkout.
# A .venv that is a link belongs to somebody else: it is used, and never written to.
setup: ## create .venv and install the locked requirements
	@{ [ -L .venv ] && [ -x .venv/bin/python ]; } || \
	cmp -s requirements.txt .venv/requirements.txt || { \
	  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	    "Python 3.11 or later is needed; name one: make PYTHON=python3.12")' && \
	  echo "Installing the packages of requirements.txt into .venv: a few minutes" && \
	  $(PYTHON) -m venv .venv && \
	  python -m experiments.install -r requirements.txt && \
	  cp requirements.txt .venv/requirements.txt; }

# DVC skips a stage that a wrong key of params.yaml does not change.
checked: setup
	@python -m experiments.keys

repro: checked ## run the pipeline where something changed, print the losses
	@echo dvc repro; dvc repro || $(locks)
	@[ "$$(git rev-parse --is-shallow-repository)" != true ] || echo \
	  "A shallow clone loses experiments of --queue and --temp: git fetch --unshallow"
	@grep -qs "^\[.*remote " .dvc/config .dvc/config.local || \
	  echo "No remote is set up: there is nothing to push."
	@python -m experiments.losses

# A killed run can leave four things wrong: others of its runs may go on, in copies of
# the project; DVC's file of locks may be cut off, or name a process whose number another
# one has now; outputs may be in no cache; and Git may take a changed file for an
# unchanged one, by the time that its index has for it: the second line empties these.
restore: setup ## bring outputs and dvc.lock back to the last commit
	@python -m experiments.leftovers
	@git ls-files --stage -z --full-name | git update-index -z --index-info
	@git checkout --quiet HEAD -- dvc.lock metrics plots
	@dvc checkout --force --allow-missing dvc.yaml >/dev/null || $(locks)
	@[ -z "$$(git status --short .)" ] || { git status --short .; \
	  echo "These are changed or new, and left alone (git checkout HEAD -- FILE)"; }
	@git symbolic-ref --quiet HEAD >/dev/null || \
	  echo "On no branch: if a killed experiment left it so, git switch - goes back"
	@dvc status --quiet dvc.yaml || \
	  echo "Some outputs are missing or out of date: make repro makes them"

test: setup ## run the tests that take no minutes
	$(PYTEST) -m "not slow"

test-all: setup ## run all tests
	$(PYTEST)

lint: setup ## check style, formatting and types
	ruff check
	ruff format --check
	mypy

map: setup ## write to dvc.yaml what the code of each stage imports and reads
	@python -m experiments.map

check: setup ## are the committed results those of the code? runs nothing
	@python -m experiments.check

verify: setup ## run the last commit in a new clone: the same bytes?
	@python -m experiments.verify

matrix: setup ## the same bytes in which environments? half an hour
	@python -m tests.matrix

bench: setup ## time our loop against the notebook's, and every stage
	@python -m experiments.bench

civil: setup ## get the notebook's list; FROM=path takes a local copy
	python -m data.get_civil_mots $${FROM:+--from="$$FROM"}

brown: setup ## get the Brown corpus (non-commercial use); FROM=path: a copy
	python -m data.get_brown $${FROM:+--from="$$FROM"}

corpus: setup ## make the default corpus again (needs npm)
	python -m data.make_travail_mots data/travail_mots.txt

text: setup ## make the running text again (needs npm); CODES=all: more
	python -m data.make_travail_texte --codes="$$CODES" \
	  data/$(if $(filter all,$(CODES)),codes,travail)_texte.txt.xz

examples: checked ## print the examples of some words: WORDS="loi lois"
	@$(call needs,WORDS,give some: make examples WORDS=loi)
	$(call run,prepare)
	@set -f; python -m nplm examples -- $$WORDS

words: checked ## words: PREFIX=ju COUNT=9 SEED TEMPERATURE TOP_K TOP_P NEW=1
	$(call run,train)
	@python -m nplm words --prefix="$$PREFIX" $${COUNT:+--count="$$COUNT"} \
	  $${SEED:+--seed="$$SEED"} $${TEMPERATURE:+--temperature="$$TEMPERATURE"} \
	  $${TOP_K:+--top-k="$$TOP_K"} $${TOP_P:+--top-p="$$TOP_P"} \
	  $(if $(call yes,NEW),--new-only)

neighbours: checked ## the symbols nearest to one: WORD=travail COUNT=10
	@$(call needs,WORD,give a symbol: make neighbours WORD=e)
	$(call run,train)
	@python -m nplm neighbours $${COUNT:+--count="$$COUNT"} -- "$$WORD"

lr: checked ## print the learning rates that the sweep suggests
	$(call run,lr_sweep)
	@python -m nplm lr

endings: checked ## print words that the list ought to have, and why: COUNT=20
	$(call run,splits)
	@python -m nplm endings $${COUNT:+--count="$$COUNT"}

seeds: checked ## losses of the current parameters over seeds: N=5, KEEP=1
	@python -m experiments.seeds "$$N" $(if $(call yes,KEEP),--keep) $(AT)

experiments: setup ## all experiments side by side, the best on dev first
	@python -m experiments.side_by_side

compare: checked ## losses here against those of REV: a commit, an experiment
	@$(call needs,REV,$(A_REV))
	$(call run,mixture)
	@python -m experiments.compare "$$REV"

report: checked ## write report/report.html: figures, losses against REV
	@$(call needs,REV,$(A_REV))
	@python -m experiments.from_dvc "$$REV" report/from_dvc.json
	$(call run,)
	@cd report && dvc repro

play: checked ## ask the models in a page: report/play.html
	$(call run,mixture)
	@python -m nplm page --output=report/play.html --open

text-model: checked ## learn the words of a text: CORPUS=my.txt STEPS=20000
	@python -m experiments.here text $${STEPS:+--steps="$$STEPS"} \
	  $${CORPUS:+--corpus="$$CORPUS"}

defaults: setup ## back to the committed parameters, and to what they gave
	@git checkout --quiet HEAD -- params.yaml
	@$(MAKE) --no-print-directory restore

best: checked ## run the best parameters here, as the experiment `best`
	@python -m experiments.here best

ladder: checked ## measure every step to the best: docs/leaderboard.md
	@python -m experiments.ladder $(AT)

paper: checked ## the paper's Table 1 (make brown): docs/paper.md; NETWORKS=MLP9
	@set -f; python -m experiments.paper $(AT) -- $$NETWORKS

search: cluster checked ## good hyperparameters, by Optuna: TRIALS=50 SPACE CORPUS
	@python -m experiments.search $(AT) --space="$$SPACE" \
	  $${CORPUS:+--corpus="$$CORPUS"} $${STORAGE:+--storage="$$STORAGE"} -- "$$TRIALS"

cluster: setup ## install what SCHEDULER=tcp://host:8786 and make search need
	@[ ! -L .venv ] || python -c "import distributed, optuna" 2>/dev/null || { \
	  echo "error: .venv: is a link, and has no Dask or no Optuna; install" \
	    "requirements-cluster.txt there"; exit 1; }
	@[ -L .venv ] || cmp -s requirements-cluster.txt .venv/requirements-cluster.txt || { \
	  python -m experiments.install -r requirements-cluster.txt -c requirements.txt && \
	  cp requirements-cluster.txt .venv/requirements-cluster.txt; }

# A worker for each processor: a run has one thread.
worker: cluster ## run what others send to SCHEDULER=tcp://host:8786
	@$(call needs,SCHEDULER,give what dask scheduler prints)
	@python -m experiments.cluster "$$SCHEDULER"
	@dask worker "$$SCHEDULER" --nworkers=-1 --nthreads=1 --memory-limit=0 \
	  --no-dashboard --local-directory=.dvc/tmp/dask \
	  --resources="$$(python -m experiments.environment)=1"

clean: ## delete .venv and what tools left, not what DVC keeps
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache build *.egg-info
	find . -name __pycache__ -not -path './.dvc/*' -prune -exec rm -rf {} +

.PHONY: $(TARGETS)
