.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON  ?= python3
BACKEND ?= memory
WORKERS ?= 2
MINUTES ?= 30

VENV := .venv
BIN  := $(VENV)/bin
PIP  := $(BIN)/python -m pip --disable-pip-version-check --quiet
TEST := $(VENV)/.test
DEV  := $(VENV)/.dev
MUTATION := $(VENV)/.mutation
PEERS := $(VENV)/peers
CDK := $(VENV)/cdk

# The test extra brings an npm; programs look for it where an activated environment would show it.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help
help: ## Show this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: install
install: $(DEV) ## Create .venv with all development tools

.PHONY: demo
demo: $(TEST) ## Run the example shop (BACKEND=memory or dynamodb)
	$(BIN)/python -m examples.shop --backend $(BACKEND)

PORT ?= 8000

.PHONY: api
api: $(TEST) ## Serve the example shop over HTTP, with a page to browse orders and their history (PORT=8000)
	$(BIN)/python -m examples.fastapi_shop --port $(PORT)

.PHONY: format
format: $(DEV) ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: lint
lint: $(DEV) audit ## Check style, formatting, security and who imports whom
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml

.PHONY: audit
audit: $(DEV) ## Look for known vulnerabilities in what is installed
	$(BIN)/python -m tests.audit

.PHONY: types
types: mypy pyright ## Check types with mypy and pyright

.PHONY: mypy
mypy: $(DEV)
	$(BIN)/mypy

.PHONY: pyright
pyright: $(DEV)
	$(BIN)/pyright

# Classes are kept whole, so that a table made for one is made once. They run in the order of their files, not by their
# number of tests: the longest consist of one test, and the unit tests, short and many, are there to fill both workers
# to the end. Coverage makes Python two to three times slower: what is marked `no_cover` repeats on other tables, or at
# random, what is measured elsewhere. The plugin is loaded by a conftest, once coverage has begun.
.PHONY: test
test: $(TEST) ## Run all tests, with coverage
	$(BIN)/python -m pytest -p no:sst_repo -n $(WORKERS) --dist loadscope --no-loadscope-reorder --cov --cov-report term

.PHONY: unit
unit: $(TEST) ## Run the tests that need nothing but Python
	$(BIN)/python -m pytest tests/unit

.PHONY: contract
contract: $(TEST) ## Run the contract suite in memory and on moto
	$(BIN)/python -m pytest tests/contract

.PHONY: integration
integration: $(TEST) ## Run the tests on DynamoDB Local
	$(BIN)/python -m pytest tests/integration

.PHONY: soak
soak: $(TEST) ## Compare random work with its model for long (MINUTES=30)
	$(BIN)/python -m tests.soak $(MINUTES)

MODELS ?= 1500

.PHONY: fuzz
fuzz: $(TEST) ## Read random items of random classes in one pass and by the codec, and compare (MODELS=1500, 25 items each)
	MODELS=$(MODELS) $(BIN)/python -m pytest tests/unit/mapping/test_decoder.py --hypothesis-show-statistics

ROUNDS ?= 7
ONLY   ?=
FULL   ?=

.PHONY: bench
bench: $(PEERS)/.installed ## Run the benchmarks and write docs/performance.md (ONLY=speed,threads ROUNDS=7 FULL=1)
	$(PEERS)/bin/python -m benchmarks --rounds $(ROUNDS) $(if $(ONLY),--only $(ONLY)) $(if $(FULL),--full)

.PHONY: compare
compare: $(PEERS)/.installed ## Ask other libraries on DynamoDB Local what they do, and write docs/comparison.md
	$(PEERS)/bin/python -m benchmarks.comparison

.PHONY: mutants
mutants: $(MUTATION) ## Plant small bugs in the policy and count those the tests notice (about 2 minutes)
	$(BIN)/python -m benchmarks.mutants --workers $(WORKERS)

COMMITS ?= 10000

.PHONY: storm
storm: $(TEST) ## Commit from four processes under faults, and prove what came of it (COMMITS=10000)
	$(BIN)/python -m benchmarks.storm --commits $(COMMITS)

.PHONY: races
races: $(TEST) ## Race threads and processes, kill writers and the server, and judge what is stored (about 7 minutes)
	$(BIN)/python -m benchmarks.races

.PHONY: cdk
cdk: $(CDK)/.installed ## Synthesize the CDK template by the real CDK (half a gigabyte; about 45 s the first time)
	$(CDK)/bin/python -m pytest --override-ini filterwarnings= -p no:cacheprovider tests/unit/provisioning/test_cdk.py

.PHONY: pictures
pictures: $(TEST) ## Take the pictures in docs/images anew, from the real program
	$(BIN)/python -m tests.pictures

# The variable silences a notice about the future of MkDocs that reads like a finding.
.PHONY: docs
docs: $(DEV) ## Build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	$(BIN)/python -m tests.site site

.PHONY: matrix
matrix: $(DEV) ## Test on every Python there is, and on the oldest libraries that are allowed
	$(BIN)/nox

.PHONY: package
package: $(TEST) ## Build the wheel and the sdist into dist/
	$(BIN)/python -m build --outdir dist

.PHONY: clean
clean: ## Remove .venv and everything generated
	rm -rf $(VENV) mutants site dist .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -m venv --clear $(VENV)

$(TEST): pyproject.toml | $(BIN)/python
	$(PIP) install --editable '.[test]'
	touch $@

$(MUTATION): $(TEST)
	$(PIP) install --editable '.[mutation]'
	touch $@

# An environment of their own: what the peers need is none of the project's business, nor that of its audit.
$(PEERS)/.installed: pyproject.toml benchmarks/requirements.txt | $(BIN)/python
	$(BIN)/python -m venv --clear $(PEERS)
	$(PEERS)/bin/python -m pip --disable-pip-version-check --quiet install --editable '.[test]' \
		--requirement benchmarks/requirements.txt
	touch $@

# An environment of its own: the CDK is larger than all else together, and warns about what it finds.
$(CDK)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m venv --clear $(CDK)
	$(CDK)/bin/python -m pip --disable-pip-version-check --quiet install --editable . \
		'aws-cdk-lib>=2.180' hypothesis pytest python-hcl2 PyYAML
	touch $@

# After the test extra, never beside it: two installs at once would trip over each other under make -j.
$(DEV): $(TEST)
	$(PIP) install --editable '.[dev]'
	touch $@
