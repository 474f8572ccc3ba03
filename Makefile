# Builds and tests the course with nothing installed but Python 3.11 or newer. Written for GNU make 3.81 (the one that
# macOS has) and any POSIX shell; on Windows, README.md has the same commands without make.

PYTHON ?= python3
# The exact versions to install; empty (make test CONSTRAINTS=) takes the newest that requirements.txt allows.
CONSTRAINTS ?= constraints.txt
# Notebooks to execute: all, or make notebooks NOTEBOOKS=chapters/....ipynb
NOTEBOOKS ?=
# Ways to compute that make kernels goes through: all, or make kernels KERNELS="Prescott Haswell" THREADS=1
KERNELS ?=
THREADS ?=
PORT ?= 8000
# The languages to build the book in, and the one to print.
EDITIONS ?= en zh
EDITION ?= en
ANSWERS ?= show
# What make quizzes is told, such as QUIZZES="--seed spring --site https://..."
QUIZZES ?=
NOTES ?= hide

BIN = .venv/bin
STAGE = $(PYTHON) tools/stage.py
# Names what was installed, so that another CONSTRAINTS installs anew.
INSTALLED = .venv/.installed-$(if $(CONSTRAINTS),$(notdir $(CONSTRAINTS)),newest)

.PHONY: help book pdf slides serve test kernels notebooks exercises quizzes translation check-translation clean clean-all

help:
	@echo "make book        build the book into _build/html, Chinese below zh/ (one of both: EDITIONS=en, EDITIONS=zh)"
	@echo "make pdf         build the book and print it as one PDF (without the folded answers: ANSWERS=hide;"
	@echo "                 in Chinese, as the slides too: EDITION=zh)"
	@echo "make slides      build the book with the slides of each chapter, and print them as PDF (with notes: NOTES=show)"
	@echo "make serve       show the built book at http://127.0.0.1:$(PORT)/ (another port: PORT=8080)"
	@echo "make test        check and test everything: code, notebooks, and the built pages in a browser"
	@echo "make kernels     run notebooks and examples as other processors compute (some: NOTEBOOKS=, KERNELS=, THREADS=)"
	@echo "make notebooks   execute the notebooks in place and store what they print (some: NOTEBOOKS=...)"
	@echo "make exercises   execute the sources of the exercises, and make the students' notebooks and the solutions"
	@echo "make quizzes     write the quiz bank for Canvas, Moodle and others into build/quizzes (QUIZZES=\"--seed spring\")"
	@echo "make translation        bring the catalogs of the Chinese edition up to date with the English"
	@echo "make check-translation  list what of it is missing, out of date or broken"
	@echo "make clean       remove what was built; make clean-all removes the installed packages too"
	@echo "The first of these to need Python packages installs them into .venv; PYTHON=... names another Python,"
	@echo "CONSTRAINTS= takes the newest versions instead of those in constraints.txt."

book: $(INSTALLED)
	@$(STAGE) "Building the book: first the notebooks that have changed, side by side" \
		$(BIN)/python tools/build_book.py --editions $(EDITIONS)
	@echo "The book is built: open _build/html/index.html, or run: make serve"

pdf: book
	@$(STAGE) "Printing the book" $(BIN)/python tools/print_book.py --edition $(EDITION) --answers $(ANSWERS)

slides: book
	@$(STAGE) "Printing the slides" $(BIN)/python tools/print_slides.py --edition $(EDITION) \
		$(if $(filter show,$(NOTES)),--notes)
	@echo "To present them: make serve, and open Slides on the page of a chapter."

serve:
	@test -f _build/html/index.html || $(MAKE) book
	@echo "Serving the book at http://127.0.0.1:$(PORT)/ until Ctrl-C"
	@$(PYTHON) -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

test: $(INSTALLED)
	@$(BIN)/python tools/browser.py
	@$(STAGE) "Checking the code" $(BIN)/ruff check .
	@$(STAGE) "Testing the package, the notebooks and the pages" $(BIN)/pytest

kernels: $(INSTALLED)
	@$(STAGE) "Computing as other processors do" $(BIN)/python tools/kernels.py $(NOTEBOOKS) \
		$(if $(KERNELS),--kernels $(KERNELS)) $(if $(THREADS),--threads $(THREADS))

notebooks: $(INSTALLED)
	@$(STAGE) "Executing the notebooks" $(BIN)/python tools/notebooks.py $(NOTEBOOKS)
	@$(STAGE) "Making what students get" $(BIN)/python tools/make_exercises.py

exercises: $(INSTALLED)
	@$(STAGE) "Executing the sources" $(BIN)/python tools/notebooks.py exercises/*.ipynb
	@$(STAGE) "Making what students get" $(BIN)/python tools/make_exercises.py

quizzes: $(INSTALLED)
	@$(STAGE) "Writing the quiz bank" $(BIN)/python -m quizzes build/quizzes $(QUIZZES)

translation: $(INSTALLED)
	@$(BIN)/python tools/translate.py update

check-translation: $(INSTALLED)
	@$(BIN)/python tools/translate.py check

clean:
	rm -rf _build build .pytest_cache .ruff_cache .hypothesis

clean-all: clean
	rm -rf .venv

# The oldest versions that requirements.txt allows: make test CONSTRAINTS=build/oldest.txt
build/oldest.txt: requirements.txt
	@mkdir -p build
	@sed -n 's/^\([A-Za-z0-9_-]*\)>=\([0-9.]*\).*/\1==\2/p' requirements.txt > $@

$(INSTALLED): requirements.txt pyproject.toml $(CONSTRAINTS)
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null || { \
		echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo not found)." \
			"Install one, or name it: make $(MAKECMDGOALS) PYTHON=python3.13" >&2; exit 1; }
	@$(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		$(STAGE) --quiet "Making .venv with $$($(PYTHON) --version)" $(PYTHON) -m venv --clear .venv
	@$(STAGE) --quiet "Installing what requirements.txt names: a minute or two the first time" \
		$(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt \
		$(if $(CONSTRAINTS),-c $(CONSTRAINTS),--upgrade --upgrade-strategy eager)
	@rm -f .venv/.installed-*
	@touch $@
