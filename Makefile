# `make demo` and `make test` set up all they need; see README.md.
VENV := .venv
BIN := $(VENV)/bin
DEMO := demo

.PHONY: demo test coverage setup bench torture pictures clean

demo: setup
	@rm -rf $(DEMO)
	@$(BIN)/jifen init $(DEMO) --demo
	@# February comes again, as some of its figures arrive late, in March; then March's notices, whose totals it moves.
	@for month in 01 02 03 02 03 04; do \
	  $(BIN)/jifen -w $(DEMO) run 2023-$$month --from $(DEMO)/inbox/2023-$$month || exit 1; \
	done
	@echo "请打开：$(CURDIR)/$(DEMO)/notices/2023-04/月度通报.html"

test: setup $(VENV)/.test
	$(BIN)/python -m pytest -n 2

coverage: setup $(VENV)/.test
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term --cov-fail-under=90

setup: $(VENV)/.setup

bench: setup $(VENV)/.test
	$(BIN)/python bench/bench.py

# Kills real commands at TORTURE_MOMENTS (200) random moments and proves that nothing is lost or doubled; some ten minutes.
torture: setup
	$(BIN)/python -m tests.torture.kill

# Takes anew the pictures of the pages that the tests compare with, after a change of their looks that is meant.
pictures: setup $(VENV)/.test
	$(BIN)/python -m tests.notices.picturing

$(VENV)/.setup: pyproject.toml constraints.txt scripts/system-packages
	@scripts/system-packages build
	@test -x $(BIN)/python || python3 -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.test: $(VENV)/.setup
	@scripts/system-packages test
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

clean:
	rm -rf $(VENV) $(DEMO)
