# `make site` builds the site, `make test` runs every test; both make their own environment in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export NO_MKDOCS_2_WARNING := 1

.PHONY: site test serve check schema editor clean

site: $(VENV)/ready
	$(BIN)/python -m build_scripts site

test: $(VENV)/ready
	$(BIN)/python -m pytest

serve: $(VENV)/ready
	$(BIN)/mkdocs serve

check: $(VENV)/ready
	$(BIN)/python -m build_scripts check

schema: $(VENV)/ready
	$(BIN)/python -m build_scripts schema

# Lets the editor of this clone know every id.
editor: $(VENV)/ready
	$(BIN)/python -m build_scripts schema --ids

$(VENV)/ready: requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	touch $@

clean:
	rm -rf $(VENV) site .site-*
