# Every target is one tibiao verb, a pytest call, the benchmark or a tool, after making .venv from the lock; nobody needs make.
.DEFAULT_GOAL := help
.PHONY: help memo test faults browser run check lab accept verify batch bench bench-quick audit bundle coverage mutation
READY := .venv/ready
# What a command imports is compiled once, on machines too that are told to keep nothing compiled.
export PYTHONDONTWRITEBYTECODE :=

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@sh tools/setup.sh

memo: $(READY) ## all default scenarios on Guangdong's data, to a finished memo in out/memo
	@.venv/bin/tibiao memo

# Three workers on two cores: much of the time a test waits for processes that it began.
test: $(READY) ## every test but those of a browser and the long faults, the notebooks' stored outputs among them
	@.venv/bin/python -m pytest -n 3

faults: $(READY) ## 52 injected faults and the load, as root; FULL=1 for the long one (under an hour)
	@.venv/bin/python -m pytest tests -m "fault or load"

browser: $(READY) ## the site and JupyterLab in a real browser (Debian's chromium)
	@.venv/bin/python -m pytest tests/browser -m browser

run: $(READY) ## one scenario: make run SCENARIO=rural80
	@.venv/bin/tibiao run $(or $(SCENARIO),baseline)

check: $(READY) ## check data, rules, scenarios and batches
	@.venv/bin/tibiao check

lab: $(READY) ## open JupyterLab on the notebooks
	@.venv/bin/tibiao lab

accept: $(READY) ## store the notebooks' outputs anew and say what changed
	@.venv/bin/tibiao accept

verify: $(READY) ## find changed, missing or stale files in out/memo
	@.venv/bin/tibiao verify out/memo

batch: $(READY) ## a batch file: make batch FILE=memo
	@.venv/bin/tibiao batch $(or $(FILE),memo)

bench: $(READY) ## every benchmark, into benchmarks/results (a quarter of an hour)
	@.venv/bin/python benchmarks/run.py

bench-quick: $(READY) ## the same with fewer scenarios, under ten minutes
	@.venv/bin/python benchmarks/run.py --quick

bundle: $(READY) ## one archive in out/ that installs and runs without a network; ends with trying it (needs the network)
	@.venv/bin/python tools/bundle.py

audit: $(READY) ## known weaknesses of locked packages and of our code (needs the network)
	@sh tools/audit.sh

coverage: $(READY) ## branch coverage of the nouns that results rest on (a few minutes)
	@.venv/bin/python tools/branches.py

mutation: $(READY) ## mutation score of the same: 'make mutation SAMPLE=150 SEED=1', without SAMPLE all (hours)
	@sh tools/mutation.sh $(if $(SAMPLE),--sample $(SAMPLE) --seed $(or $(SEED),1)) $(NOUN)
