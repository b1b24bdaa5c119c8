# make                      an isolated environment, the package in it, and the seed figures drawn
# make PYTHON=python3.13    the same with another interpreter, which is kept from then on
# make test                 the tests
# make help                 everything else

VENV := .venv
BIN := $(VENV)/bin
MADE_BY := $(VENV)/made-by

# The interpreter that the environment was made by, as long as there is one and nobody names another.
PYTHON ?= $(shell said=$$(head -n 1 $(MADE_BY) 2>/dev/null); test -x "$$said" && echo "$$said" || echo python3)
# Where it is and its version, on a line each; of an environment's own that which it was made by.
INTERPRETER := $(shell $(PYTHON) -c 'import sys; print(getattr(sys, "_base_executable", None) or sys.executable); print(sys.version.split()[0])' 2>/dev/null)
SEEDS := 01-sparse-connectivity 02-weight-sharing
SAMPLES := $(patsubst samples/%.toml,%,$(sort $(wildcard samples/[0-9]*.toml)))
JOBS ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)
GENERATED := tests/test_readme.py::test_the_page_of_the_index_is_current \
  tests/test_gallery.py::test_the_schema_is_current_and_fits_every_sample \
  tests/test_gallery.py::test_the_page_is_current \
  tests/test_gallery.py::test_the_pictures_that_are_shown_are_current \
  tests/test_metrics.py::test_the_table_is_what_the_fonts_say \
  tests/test_keywords.py::test_the_types_are_those_of_the_options
OF_MODELS := $(patsubst %,tests/parity/test_%.py,onnx onnx_constants onnx_exporters torch_modules keras_models)
VERSION = $(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' connectivity/__init__.py)
SOURCES := $(shell find connectivity cli -name '*.py' -o -path '*/data/*' -type f)

.PHONY: all samples playground site-tools docs pictures learned learned-models dist supply release test test-thorough test-bare test-playground test-parity test-models models vectors fuzz coverage mutants lint format check-generated bench readme advances clean help
.DELETE_ON_ERROR:

all: $(foreach seed,$(SEEDS),samples/build/$(seed).svg samples/build/$(seed).png)  ## install, draw the seed figures
	@echo
	@echo "The command is $(BIN)/connectivity. Try:"
	@echo "  $(BIN)/connectivity draw 6 conv:3 fc:2 -o net.svg"

samples: samples/build/.sources  ## draw the gallery: what changed, in parallel
	@$(BIN)/connectivity build $(SAMPLES:%=samples/%.toml) --out-dir samples/build -f svg,png -j $(JOBS)

# Another version of the program draws everything anew.
samples/build/.sources: $(VENV)/installed $(SOURCES)
	@mkdir -p samples/build
	@rm -f samples/build/.connectivity-build.json
	@touch $@

samples/build/%.svg samples/build/%.png: samples/%.toml $(wildcard samples/*.csv samples/learned/*.npz samples/learned/*.csv) $(VENV)/installed $(SOURCES)
	@mkdir -p samples/build
	@$(BIN)/connectivity draw $< -o samples/build/$*.svg -o samples/build/$*.png

# Another interpreter, or another version of it, makes all environments anew: what is in them was installed for the other.
ifneq ($(INTERPRETER),$(strip $(shell cat $(MADE_BY) 2>/dev/null)))
.PHONY: $(MADE_BY)
endif
$(MADE_BY):
	@$(PYTHON) -c 'import sys' 2>/dev/null || { echo "make: there is no $(PYTHON): install Python 3.11 or newer, or name it: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is $$($(PYTHON) --version): connectivity needs 3.11 or newer; name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "make: $(PYTHON) cannot make environments: on Debian and Ubuntu, apt-get install python3-venv (of another version: python3.12-venv)" >&2; exit 1; }
	@rm -rf $(VENV) $(VENV)-parity $(VENV)-models
	$(PYTHON) -m venv $(VENV)
	@printf '%s\n' $(INTERPRETER) > $@

# The folder is named in the environment, since a script beside a clone called connectivity would import that folder.
# Compiled here, since an editable install leaves that to the first run, or to every run where it is switched off.
$(VENV)/installed: pyproject.toml setup.py $(MADE_BY)
	$(BIN)/python -m pip install --quiet --editable .
	@$(BIN)/python -c "import os, pathlib, sysconfig; (pathlib.Path(sysconfig.get_path('purelib')) / 'connectivity-source.pth').write_text(os.getcwd() + '\n')"
	$(BIN)/python -m compileall -q connectivity cli
	@touch $@

$(VENV)/tested: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@

# Tools for sites that not every platform has; without them their tests are skipped.
site-tools: $(VENV)/tested  ## install what the tests of samples/sites need beside the rest
	$(BIN)/python -m pip install --quiet --editable '.[sites]'

# A file's tests go to one process, since they share what is made once. What pytest makes of them is kept for the next
# time, also where the environment says that Python is to keep nothing.
test: $(VENV)/tested  ## run the tests; what needs a missing system package is skipped and says so
	@$(BIN)/python -m compileall -q connectivity cli
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -ra --ignore=tests/parity --ignore=tests/playground -m 'not thorough' -n auto --dist loadfile --no-loadscope-reorder

# Sweeps over whole products: all figures of the gallery by LaTeX, of which make test has those that hold all commands,
# options and characters; all pages of the manual by Sphinx's LaTeX, which make test has as HTML.
test-thorough: $(VENV)/tested  ## run the long sweeps that make test leaves out
	@$(BIN)/python -m compileall -q connectivity cli
	$(BIN)/python -m pytest -q -ra --ignore=tests/parity --ignore=tests/playground -m thorough -n auto

# Python and Graphviz for the browser are packages of npm, which keeps them in samples/build/.
playground: $(VENV)/outlined  ## build the page that runs all of this in a browser (needs npm)
	@$(BIN)/python samples/playground/build.py

$(VENV)/outlined: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --editable '.[outlines]'
	@touch $@

test-playground: $(VENV)/tested  ## build that page and use it (needs npm and Chromium; skipped without)
	@$(BIN)/python -m compileall -q connectivity cli
	$(BIN)/python -m pytest -q -ra tests/playground

test-bare: $(VENV)/installed  ## install and draw in a bare Debian root (needs root and mmdebstrap; skipped without)
	.ci/bare $(VENV)

# PyTorch has an environment of its own: it is large, and nothing else needs it.
$(VENV)-parity/installed: pyproject.toml setup.py $(MADE_BY)
	$(PYTHON) -m venv $(VENV)-parity
	$(VENV)-parity/bin/python -m pip install --quiet --editable '.[parity]'
	@touch $@

test-parity: $(VENV)-parity/installed  ## compare with PyTorch, live (installs it)
	CONNECTIVITY_PARITY=1 $(VENV)-parity/bin/python -m pytest -q tests/parity --ignore-glob='*onnx*' --ignore-glob='*keras*' --ignore-glob='*modules*' -n auto

$(VENV)-models/installed: pyproject.toml setup.py $(MADE_BY)
	$(PYTHON) -m venv $(VENV)-models
	$(VENV)-models/bin/python -m pip install --quiet --editable '.[models]'
	@touch $@

test-models: $(VENV)-models/installed  ## compare trained models with onnxruntime, PyTorch and Keras, live (installs them)
	CONNECTIVITY_PARITY=1 $(VENV)-models/bin/python -m pytest -q $(OF_MODELS) -n auto --dist loadfile

models: $(VENV)-models/installed  ## record small models anew, for make test
	$(VENV)-models/bin/python tests/parity/record_keras.py

vectors: $(VENV)-parity/installed  ## record anew what PyTorch and Keras compute and write, for make test
	$(VENV)-parity/bin/python tests/parity/record.py
	$(VENV)-parity/bin/python tests/parity/states.py

lint: $(VENV)/tested  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/tested  ## put the style right, as far as that goes by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# A part of the tests, for those who do not wait for all of them.
check-generated: $(VENV)/tested  ## check that all that is generated is of today
	$(BIN)/python -m pytest -q $(GENERATED)

# Coverage tells which inputs are worth changing further; without it (no wheel for a platform) they are changed by chance.
fuzz: $(VENV)/tested  ## fuzz whatever reads input, SECONDS=180 for each target
	-$(BIN)/python -m pip install --quiet --editable '.[fuzz]'
	$(BIN)/python tests/fuzz.py --seconds $(or $(SECONDS),180)

$(VENV)/measured: $(VENV)/tested
	$(BIN)/python -m pip install --quiet --editable '.[mutation]'
	@touch $@

$(VENV)-models/measured: $(VENV)-models/installed
	$(VENV)-models/bin/python -m pip install --quiet 'pytest-cov>=7'
	@touch $@

# Of models of others, most is tested where their programs are. Not measured are tests of what a process costs. Processes
# that tests have killed leave files behind that cannot be read, which need not be told.
coverage: $(VENV)/measured $(VENV)-models/measured  ## which lines and branches the tests come through: at least 95 % of them
	@rm -f samples/build/coverage.*
	COVERAGE_FILE=$(CURDIR)/samples/build/coverage.models CONNECTIVITY_PARITY=1 $(VENV)-models/bin/python -m pytest -q $(OF_MODELS) -n auto --dist loadfile --cov --cov-report=
	COVERAGE_FILE=$(CURDIR)/samples/build/coverage.tests $(BIN)/python -m pytest -q -m 'not alone' --ignore=tests/parity --ignore=tests/playground -n auto --dist loadfile --cov --cov-report=
	COVERAGE_FILE=samples/build/coverage $(BIN)/python -m coverage combine --quiet samples/build/coverage.* 2>/dev/null
	COVERAGE_FILE=samples/build/coverage $(BIN)/python -m coverage report --skip-covered --show-missing
	COVERAGE_FILE=samples/build/coverage $(BIN)/python -m coverage json -q -o samples/build/coverage.json
	@$(BIN)/python tests/covered.py samples/build/coverage.json 95

# Runs the tests first, once, to know which to run for which line.
mutants: $(VENV)/measured  ## make small defects, and see whether the tests see them: SHARE=0.1 of all, SEED=0
	cd tests && ../$(BIN)/python -m mutation --share $(or $(SHARE),0.1) --seed $(or $(SEED),0) -o ../samples/build/mutants.txt

bench: $(VENV)/installed  ## speeds, as ratios against what they are compared with
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	@$(BIN)/python -m compileall -q connectivity cli
	cd tests && ../$(BIN)/python -m bench -o ../samples/build/bench.md

# Both kinds of output, since each reads the pages in its own way; a warning is an error.
docs: $(VENV)/documented  ## build the documentation, as HTML and LaTeX
	$(BIN)/python -m sphinx -q -W --keep-going -j $(JOBS) -b html samples/docs samples/build/docs/html
	$(BIN)/python -m sphinx -q -W --keep-going -j $(JOBS) -b latex samples/docs samples/build/docs/latex
	@echo samples/build/docs/html/index.html

$(VENV)/documented: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	@touch $@

# The fonts' licence is beside them as well as among the licences: W002 is meant.
# Wheels for the systems that setup.py names, and the source for all others; the one that fits is installed and draws.
dist: $(VENV)/installed  ## build what is published: the source and the wheels; check and try them
	$(BIN)/python -m pip install --quiet build twine check-wheel-contents 'setuptools>=77' packaging
	@rm -rf dist build/fresh
	$(BIN)/python -m build --outdir dist . >/dev/null
	for system in manylinux_2_28_x86_64 manylinux_2_28_aarch64 macosx_11_0_x86_64 macosx_11_0_arm64 win_amd64; do \
	  $(BIN)/python -m build --wheel --no-isolation --outdir dist -C--build-option=--plat-name=$$system . >/dev/null || exit 1; done
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents --ignore W002 --toplevel connectivity,layer_connectivity dist/*.whl
	$(PYTHON) -m venv build/fresh
	build/fresh/bin/python -m pip install --quiet --no-deps --no-index --find-links dist layer-connectivity
	build/fresh/bin/python -m pip install --quiet layer-connectivity # what it needs
	cd build && fresh/bin/connectivity draw 6 conv:3 fc:2 -o fresh/net.svg -o fresh/net.png
	$(BIN)/connectivity draw 6 conv:3 fc:2 -q -o build/fresh/here.svg -o build/fresh/here.png
	cmp build/fresh/net.svg build/fresh/here.svg && cmp build/fresh/net.png build/fresh/here.png

supply: dist  ## of what it is made: bill of materials, licences, and whether anything is known against it
	.ci/supply build/fresh

# Of a version that the changelog has a section of; nothing is uploaded.
release:  ## all that a release consists of, into dist/, with the changelog's section as its notes
	@.ci/notes $(VERSION) >/dev/null
	$(MAKE) supply
	.ci/notes $(VERSION) > dist/NOTES.md
	@ls dist

pictures: $(VENV)/installed  ## redraw the pictures of the README and the gallery's page
	$(BIN)/connectivity schema > samples/figure.schema.json
	$(BIN)/python samples/gallery.py

learned: $(VENV)/installed  ## train the networks of the gallery anew
	$(BIN)/python samples/learned/train.py

learned-models: $(VENV)-models/installed  ## train the models of the gallery anew, with PyTorch
	$(VENV)-models/bin/python samples/learned/models.py

readme: $(VENV)/tested  ## write the page of the package index, the types of options and the golden files anew
	CONNECTIVITY_UPDATE=1 $(BIN)/python -m pytest -q tests/test_readme.py tests/test_dot.py tests/test_inline.py tests/test_keywords.py

advances: $(VENV)/tested  ## write the text widths anew, from the fonts
	$(BIN)/python tests/advances.py

clean:  ## remove everything that was made
	rm -rf $(VENV) $(VENV)-parity $(VENV)-models samples/build build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */\1\t/' | expand -t 18
