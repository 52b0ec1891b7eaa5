# make run    the site on http://127.0.0.1:8000/; HOST, PORT, DATA_DIR and DATABASE_URL change where
# make test   every test, the browser's included; DATABASE_URL=postgres://… on that database
# make bench  the figures the site must reach, beside their references; POSTS=24000 on a grown site
# make lock   the locked requirements anew, from pyproject.toml
# make guide  the pictures of README and guide anew

PYTHON ?= python3
DATA_DIR ?= var
export DATA_DIR
bin := .venv/bin
sources := $(shell find static -type f)
requirements := $(if $(filter postgres%,$(DATABASE_URL))$(S3_BUCKET),scale,base)

.PHONY: run test bench lock guide

run: .venv/$(requirements).installed $(DATA_DIR)/static/staticfiles.json
	@$(bin)/python manage.py migrate --verbosity 0
	@$(bin)/python manage.py load_sample --verbosity 0
	@exec $(bin)/python manage.py serve

test: .venv/test.installed .venv/browser.installed
	$(bin)/ruff check . && $(bin)/ruff format --check .
	$(bin)/python -m pytest

bench: .venv/test.installed
	@$(bin)/python -m benchmarks

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	$(PYTHON) -m venv .venv

# A list of requirements is installed anew when it changes.
.venv/%.installed: requirements/%.txt | .venv/bin/python
	$(bin)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

.venv/browser.installed: tests/install.sh .venv/test.installed
	tests/install.sh
	touch $@

$(DATA_DIR)/static/staticfiles.json: $(sources) .venv/$(requirements).installed
	$(bin)/python manage.py collectstatic --no-input --verbosity 0

compile := $(bin)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --annotation-style line --quiet pyproject.toml

lock: .venv/bin/python
	$(bin)/pip install --quiet --disable-pip-version-check uv
	$(compile) --upgrade --extra heic --extra scale --group test -o requirements/test.txt
	$(compile) --constraint requirements/test.txt --extra heic --extra scale -o requirements/scale.txt
	$(compile) --constraint requirements/test.txt --extra heic -o requirements/base.txt

guide: .venv/test.installed .venv/browser.installed
	$(bin)/python docs/guide/screenshots.py
