# The commands of the project. `make` alone lists them.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test test-fast lint docs picture bench results check clean
help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# An exit code of 1 says that errors were found, as they should be in the examples.
demo: .venv/demo  ## audit, check and watch an example, run a small study, write report.html (a minute or two)
	$(BIN)/deepstudy audit docs/examples/lab-report.md || test $$? -eq 1
	$(BIN)/deepstudy check docs/examples/net.py || test $$? -eq 1
	$(BIN)/deepstudy watch docs/examples/train.py || test $$? -eq 1
	$(BIN)/deepstudy run digits
	$(BIN)/deepstudy run digits lenet5 wide-1x1 --timing --seeds 3
	@$(BIN)/deepstudy report digits -o "$(CURDIR)/report.html"

test: .venv/dev  ## run the tests
	$(BIN)/pytest -n auto --dist worksteal

test-fast: .venv/dev  ## run the tests that take less than a minute together
	$(BIN)/pytest -n auto --dist worksteal -m "not slow"

lint: .venv/dev  ## formatting, lint, types, import layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: .venv/dev  ## make the generated pages of the docs, then the site in site/
	$(BIN)/python docs/generate.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

picture: .venv/dev  ## take the picture of the report page again (wants chromium)
	$(BIN)/python docs/picture.py

bench: .venv/dev  ## time training here, beside stock PyTorch (minutes; wants the machine to itself)
	$(BIN)/python benchmarks/bench.py

results: .venv/dev  ## write the report page of each study from the measured runs
	$(BIN)/python results/reports.py

check: lint test  ## everything that must pass before a commit

clean:  ## remove the virtual environment and caches (runs stay)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.venv/demo: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing PyTorch and the rest into .venv; this takes some minutes"
	$(BIN)/pip install --constraint constraints.txt --editable '.[offline]'
	touch $@

.venv/dev: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[offline,dev]'
	touch $@
