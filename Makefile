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
export FROM PREFIX COUNT SEED TEMPERATURE TOP_K TOP_P WORDS WORD CORPUS REV N CODES \
  NETWORKS SCHEDULER TRIALS SPACE STORAGE
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
TAKES_text-model = CORPUS
TAKES_compare = REV
TAKES_report = REV
TAKES_endings = COUNT
TAKES_seeds = N SCHEDULER KEEP
TAKES_ladder = SCHEDULER
TAKES_paper = NETWORKS SCHEDULER
TAKES_worker = SCHEDULER
TAKES_search = TRIALS SPACE STORAGE SCHEDULER
TAKES = $(foreach goal,$(MAKECMDGOALS),$(TAKES_$(goal)))
GIVEN = $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
UNKNOWN = $(strip $(filter-out PYTHON SHELL PIP_% $(TAKES),$(GIVEN)))
ifneq ($(UNKNOWN),)
  $(error $(UNKNOWN): unknown to $(strip make $(MAKECMDGOALS)); it takes $(or $(TAKES),nothing))
endif

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
	  python -m pip install --quiet -r requirements.txt && \
	  cp requirements.txt .venv/requirements.txt; }

repro: setup ## run the pipeline where something changed, print the losses
	dvc repro
	@grep -qs "^\[.*remote " .dvc/config .dvc/config.local || echo "No remote is set up: there is nothing to push."
	@python -m experiments.losses

# A killed run can leave three things wrong: DVC's file of locks may be cut off; outputs
# may be in no cache; and Git may take a changed file for an unchanged one, by the time
# that its index has for it. The second line of the recipe empties these times.
restore: setup ## bring outputs and dvc.lock back to the last commit
	@python -m json.tool .dvc/tmp/rwlock >/dev/null 2>&1 || rm -f .dvc/tmp/rwlock
	@git ls-files --stage -z | git update-index -z --index-info
	@git checkout --quiet HEAD -- dvc.lock metrics plots
	@dvc checkout --quiet --force --allow-missing dvc.yaml
	@[ -z "$$(git status --short)" ] || { git status --short; \
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

examples: setup ## print the examples of some words: WORDS="loi lois"
	@dvc repro --quiet prepare
	@set -f; python -m nplm examples -- $$WORDS

words: setup ## words: PREFIX=ju COUNT=9 SEED TEMPERATURE TOP_K TOP_P NEW=1
	@dvc repro --quiet train
	@python -m nplm words --prefix="$$PREFIX" $${COUNT:+--count="$$COUNT"} \
	  $${SEED:+--seed="$$SEED"} $${TEMPERATURE:+--temperature="$$TEMPERATURE"} \
	  $${TOP_K:+--top-k="$$TOP_K"} $${TOP_P:+--top-p="$$TOP_P"} \
	  $(if $(filter-out 0,$(NEW)),--new-only)

neighbours: setup ## the symbols nearest to one: WORD=travail COUNT=10
	@dvc repro --quiet train
	@python -m nplm neighbours $${COUNT:+--count="$$COUNT"} -- "$$WORD"

lr: setup ## print the learning rates that the sweep suggests
	@dvc repro --quiet lr_sweep
	@python -m nplm lr

endings: setup ## print words that the list ought to have, and why: COUNT=20
	@dvc repro --quiet splits
	@python -m nplm endings $${COUNT:+--count="$$COUNT"}

seeds: setup ## losses of the current parameters over seeds: N=5, KEEP=1
	@python -m experiments.seeds "$$N" $(if $(filter-out 0,$(KEEP)),--keep) $(AT)

experiments: setup ## all experiments side by side, the best on dev first
	@python -m experiments.side_by_side

compare: setup ## losses here against those of REV: a commit, an experiment
	@dvc repro --quiet mixture
	@python -m experiments.compare "$$REV"

report: setup ## write report/report.html: figures, losses against REV
	@python -m experiments.from_dvc "$$REV" report/from_dvc.json
	@dvc repro --quiet
	@cd report && dvc repro

text-model: setup ## learn the words of a text: CORPUS=my.txt, or the embedded one
	@python -m experiments.here text $${CORPUS:+-- "$$CORPUS"}

defaults: setup ## back to the committed parameters, and to what they gave
	@git checkout --quiet HEAD -- params.yaml
	@$(MAKE) --no-print-directory restore

best: setup ## run the best parameters here, as the experiment `best`
	@python -m experiments.here best

ladder: setup ## measure every step to the best: docs/leaderboard.md
	@python -m experiments.ladder $(AT)

paper: setup ## the paper's Table 1 (make brown): docs/paper.md; NETWORKS=MLP9
	@set -f; python -m experiments.paper $(AT) -- $$NETWORKS

search: cluster ## good hyperparameters, by Optuna: TRIALS=50 SPACE=notebook
	@python -m experiments.search $(AT) --space="$$SPACE" \
	  $${STORAGE:+--storage="$$STORAGE"} -- "$$TRIALS"

cluster: setup ## install what SCHEDULER=tcp://host:8786 and make search need
	@[ ! -L .venv ] || python -c "import distributed, optuna" 2>/dev/null || { \
	  echo "error: .venv: is a link, and has no Dask or no Optuna; install" \
	    "requirements-cluster.txt there"; exit 1; }
	@[ -L .venv ] || cmp -s requirements-cluster.txt .venv/requirements-cluster.txt || { \
	  python -m pip install --quiet -r requirements-cluster.txt -c requirements.txt && \
	  cp requirements-cluster.txt .venv/requirements-cluster.txt; }

# A worker for each processor: a stage has one thread.
worker: cluster ## run what others send to SCHEDULER=tcp://host:8786
	@[ -n "$$SCHEDULER" ] || { \
	  echo "error: SCHEDULER: is missing; give what dask scheduler prints"; exit 1; }
	@dask worker "$$SCHEDULER" --nworkers=-1 --nthreads=1 --memory-limit=0 \
	  --no-dashboard --local-directory=.dvc/tmp/dask \
	  --resources="$$(python -m experiments.environment)=1"

clean: ## delete .venv and what tools left, not what DVC keeps
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache build *.egg-info
	find . -name __pycache__ -not -path './.dvc/*' -prune -exec rm -rf {} +

.PHONY: help setup repro restore test test-all lint map bench civil brown corpus \
  text examples words neighbours lr endings seeds experiments compare report \
  text-model defaults best ladder paper search cluster worker clean
